"""The simulated cluster over real SQLite files: the engine under the protocol, with crashes that lose what was not
committed. The promises are the same."""

from pathlib import Path

import pytest

from checkers.verdict import Valid
from dynamo.core.effects import Change, Record
from dynamo.storage.sqlite import SQLiteEngine
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, recorded, verdicts
from kept.sim.disk import Disk
from kept.sim.faults import ALL, DAMAGES, LYING


class SQLiteDisk(Disk):
    """A disk whose engine is a SQLite file. A crash rolls back what no sync has committed."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name)
        self.path = path
        self.engine = SQLiteEngine(path)  # type: ignore[assignment]  # the port is the same
        self._pending: list[int] = []

    def write(self, seq: int, changes: tuple[Change, ...]) -> None:
        self.engine.apply(changes)
        self.last_seq = seq
        self._pending.append(seq)

    def synced(self, seq: int, really: bool = True) -> None:
        assert really
        self.engine.sync()  # commits also what came after `seq`: more than the node is told, which is allowed
        self.synced_seq = seq
        self._pending = [pending for pending in self._pending if pending > seq]

    @property
    def unsynced(self) -> int:
        return len(self._pending)

    def crash(self, keep: int, torn_at: float | None) -> tuple[int, bool]:
        lost = len(self._pending)
        self._pending.clear()
        self.engine._db.rollback()  # type: ignore[attr-defined]  # what a dead process leaves behind
        self.engine.close()
        self.engine = SQLiteEngine(self.path)  # type: ignore[assignment]
        self.last_seq = self.synced_seq = 0
        return lost, False

    def read(self, space: str, key: bytes) -> Record | None:
        return self.engine.read(space, key)


HONEST = tuple(kind for kind in ALL if kind not in (*DAMAGES, LYING))
"""A real engine cannot be damaged behind its back, nor made to lie."""


@pytest.mark.parametrize("seed", [2, 3, 11])
def test_the_promises_hold_over_sqlite_under_all_faults_that_do_not_damage_the_disk(seed: int, tmp_path: Path) -> None:
    config = RunConfig(seed=seed, ops=300, fault_gap_ms=80, faults=HONEST)
    lab = Lab(config, None)
    for machine in lab.world.machines.values():
        machine.disk = SQLiteDisk(f"{machine.name}.0", tmp_path / f"{machine.name}.sqlite")
    outcome = lab.execute()
    assert {"crash", "io-error", "disk-full", "mid-step-crash"} & outcome.counts.keys()
    found = verdicts(recorded(outcome, None), promised(config))
    assert [name for name, verdict in found.items() if not isinstance(verdict, Valid)] == []
    for machine in lab.world.machines.values():
        machine.disk.engine.close()
