"""dynamo.storage.port: one conformance suite over all engines, and all of them against a plain dictionary."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dynamo.core.effects import SPACES, Change, Record
from dynamo.core.siblings import Siblings, Version
from dynamo.storage.buffer import WriteBack
from dynamo.storage.memory import MemoryEngine
from dynamo.storage.port import Engine
from dynamo.storage.sqlite import SQLiteEngine

ENGINES: dict[str, Callable[[Path], Engine]] = {
    "memory": lambda _: MemoryEngine(),
    "encoded memory": lambda _: MemoryEngine(encoded=True),
    "sqlite": lambda directory: SQLiteEngine(directory / "store", synchronous="off"),
    "buffered memory": lambda _: WriteBack(MemoryEngine(), capacity=3),
    "buffered sqlite": lambda directory: WriteBack(SQLiteEngine(directory / "store", synchronous="off"), capacity=3),
}
RED = Siblings({"n1.0": 1, "n2.0": 2}, (Version("n1.0", 1, b"red", 17, (("n1.0", 1),)), Version("n2.0", 2, None)))
BLUE = Siblings({"n1.0": 2}, (Version("n1.0", 2, b"blue"),))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = ENGINES[request.param](tmp_path)
    yield made
    made.close()


def test_an_empty_engine_holds_nothing(engine: Engine) -> None:
    for space in SPACES:
        assert engine.read(space, b"k") is None
        assert list(engine.scan(space)) == []


def test_a_batch_is_visible_as_soon_as_it_is_applied_and_stays_after_a_sync(engine: Engine) -> None:
    engine.apply([Change("data", b"k", RED), Change("meta", b"id", b"n1.0")])
    assert (engine.read("data", b"k"), engine.read("meta", b"id")) == (RED, b"n1.0")
    engine.sync()
    assert (engine.read("data", b"k"), engine.read("meta", b"id")) == (RED, b"n1.0")


def test_the_same_key_in_two_spaces_is_two_records(engine: Engine) -> None:
    engine.apply([Change("data", b"k", RED), Change("hint", b"k", BLUE)])
    engine.apply([Change("data", b"k", None)])
    assert (engine.read("data", b"k"), engine.read("hint", b"k")) == (None, BLUE)


def test_the_last_change_of_a_key_within_a_batch_counts(engine: Engine) -> None:
    engine.apply([Change("data", b"k", None), Change("data", b"k", RED), Change("data", b"k", BLUE)])
    assert engine.read("data", b"k") == BLUE
    engine.apply([Change("data", b"k", RED), Change("data", b"k", None)])
    assert engine.read("data", b"k") is None


def test_an_empty_batch_and_a_delete_of_nothing_change_nothing(engine: Engine) -> None:
    engine.apply([])
    engine.apply([Change("data", b"k", None)])
    engine.sync()
    assert list(engine.scan("data")) == []


def test_a_scan_is_in_the_order_of_the_bytes_of_the_keys(engine: Engine) -> None:
    keys = [b"b", b"", b"\xff", b"a\0b", b"a", b"\0", b"a\xff", b"\x80", "é".encode(), b"B"]
    for key in keys:
        engine.apply([Change("data", key, RED)])
    assert list(engine.scan("data")) == [(key, RED) for key in sorted(keys)]


def test_an_empty_record_is_not_an_absent_one(engine: Engine) -> None:
    engine.apply([Change("meta", b"", b""), Change("data", b"", Siblings({}, ()))])
    engine.sync()
    assert (engine.read("meta", b""), engine.read("data", b"")) == (b"", Siblings({}, ()))


def test_large_records_and_long_scans_come_back(engine: Engine) -> None:
    large = b"x" * 100_000
    engine.apply([Change("meta", b"%04d" % n, large if n % 300 == 0 else b"small") for n in range(700)])
    engine.sync()
    assert [(key, len(value or b"")) for key, value in engine.scan("meta")] == [  # type: ignore[arg-type]
        (b"%04d" % n, 100_000 if n % 300 == 0 else 5) for n in range(700)
    ]


def test_a_scan_during_changes_gives_each_key_that_stays_exactly_once(engine: Engine) -> None:
    stay = [b"%04d" % n for n in range(0, 600, 2)]
    engine.apply([Change("meta", key, b"0") for key in stay])
    seen = []
    for n, (key, _) in enumerate(engine.scan("meta")):
        seen.append(key)
        engine.apply([Change("meta", b"%04d" % (2 * n + 1), b"comes"), Change("meta", key, b"%d" % n)])
        if n % 50 == 0:
            engine.sync()
    assert [key for key in seen if key in set(stay)] == stay
    assert seen == sorted(set(seen))


def test_closing_again_does_nothing(engine: Engine) -> None:
    engine.apply([Change("data", b"k", RED)])
    engine.close()
    engine.close()


KEYS = st.sampled_from([b"", b"a", b"a\0", b"b", b"\xff"])
SIBLINGS = st.builds(lambda n: Siblings({"n": n}, (Version("n", n, b"%d" % n),)), st.integers(1, 5))
CHANGES = st.one_of(
    st.builds(Change, st.sampled_from(["data", "hint"]), KEYS, st.none() | SIBLINGS),
    st.builds(Change, st.just("meta"), KEYS, st.none() | st.binary(max_size=2)),
)
State = dict[str, dict[bytes, Record]]


class EveryEngineIsADictionary(RuleBasedStateMachine):
    """All engines at once against a dictionary; the SQLite ones are also reopened, crashed and recovered."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory()
        self.files = Path(self.directory.name)
        self.engines: dict[str, Engine] = {}
        for name, make in ENGINES.items():
            (self.files / name).mkdir()
            self.engines[name] = make(self.files / name)
        self.state: State = {space: {} for space in SPACES}
        self.synced = self.copy()

    def copy(self) -> State:
        return {space: dict(records) for space, records in self.state.items()}

    @rule(changes=st.lists(CHANGES, max_size=5))
    def apply(self, changes: list[Change]) -> None:
        for engine in self.engines.values():
            engine.apply(changes)
        for space, key, record in changes:
            self.state[space].pop(key, None)
            if record is not None:
                self.state[space][key] = record

    @rule()
    def sync(self) -> None:
        for engine in self.engines.values():
            engine.sync()
        self.synced = self.copy()

    @rule()
    def flush(self) -> None:
        for engine in self.engines.values():
            if isinstance(engine, WriteBack):
                engine.flush()

    @rule(name=st.sampled_from(["sqlite", "buffered sqlite"]))
    def reopen(self, name: str) -> None:
        self.engines[name].close()
        self.engines[name] = ENGINES[name](self.files / name)

    @rule(name=st.sampled_from(["sqlite", "buffered sqlite"]))
    def lose_the_process(self, name: str) -> None:
        """What its files hold right now, opened elsewhere, is what the last sync left there."""
        for engine in self.engines.values():  # closed ones have synced more than the others
            engine.sync()
        self.synced = self.copy()
        self.apply([Change("data", b"late", None), Change("meta", b"late", b"unsynced")])
        elsewhere = Path(shutil.copytree(self.files / name, self.files / "crashed"))
        recovered = SQLiteEngine(elsewhere / "store", synchronous="off")
        try:
            for space in SPACES:
                assert dict(recovered.scan(space)) == self.synced[space]
        finally:
            recovered.close()
            shutil.rmtree(elsewhere)

    @invariant()
    def every_engine_reads_and_scans_the_same(self) -> None:
        for engine in self.engines.values():
            for space in SPACES:
                assert list(engine.scan(space)) == sorted(self.state[space].items())
                for key in (b"", b"a", b"a\0", b"b", b"\xff", b"never"):
                    assert engine.read(space, key) == self.state[space].get(key)

    def teardown(self) -> None:
        for engine in self.engines.values():
            engine.close()
        self.directory.cleanup()


EveryEngineIsADictionary.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestEveryEngineIsADictionary = EveryEngineIsADictionary.TestCase
