"""A cluster in a simulated world that a test drives step by step.

    cluster = SimCluster(versions="lww")
    seen = cluster.get("cart")
    cluster.put("cart", "milk", seen)
    cluster.crash("n1")
    cluster.check("no-lost-write")

Time stands still between two calls. After each of them the promises that can be judged so far are judged, and `check`
lets the cluster heal and settle and judges all of them. The same calls give the same run, to the byte.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from checkers.registry import CLAIMS, judge
from dynamo.core.messages import GET
from histories.run import RecordedRun
from kept.lab.config import RunConfig
from kept.lab.run import rules_of
from kept.lab.stepped import Operation, Stepped
from kept.lab.steps import LONGEST_US, NOTHING_SEEN, Ask, End, Pass, Settle, Step, Strike
from kept.lab.trial import Trial, claims_of, configured, judged
from kept.lab.usage import UsageError, first_problem, unknown
from kept.sim import faults as kinds
from kept.sim.census import newest
from kept.testing.session import current
from kept.testing.violation import refuse_violations, undecided

if TYPE_CHECKING:
    from kept.api import Report

SO_FAR = (
    "no-false-sibling",
    "no-invented-value",
    "honest-contexts",
    "fresh-reads",
    "fresh-deletes",
    "monotonic-reads",
)
"""Promises that the answer to a get can break: those that are judged after every step."""
SMALL: dict[str, Any] = {"nodes": 4, "partitions": 16, "clients": 3}
"""What a cluster is where the test does not say otherwise: small, with one node to spare."""
_LINKS = (*kinds.CUTS, kinds.CLOGGED, kinds.LOSS, kinds.DUPLICATE, kinds.REORDER, kinds.DELAY)
_DEAD = (kinds.CRASH, kinds.MID_STEP, kinds.LOST_DISK, kinds.DISK_FULL, kinds.IO_ERROR)
_MS = 1_000


class Answer:
    """What a request came to; of one that nobody waited for, what it has come to by now."""

    __slots__ = ("_operation", "key", "node")

    def __init__(self, operation: Operation, key: bytes, node: str) -> None:
        self._operation = operation
        self.key = key
        self.node = node
        """Who was asked."""

    @property
    def number(self) -> int:
        """Which operation of the cluster it is, from 0."""
        return self._operation.number

    @property
    def status(self) -> str:
        """``ok``, ``fail`` (no effect, ever), ``info`` (nobody knows), or ``open`` while it is under way."""
        response = self._operation.response
        return "open" if response is None else response.status

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    @property
    def values(self) -> tuple[bytes, ...]:
        """The siblings that a get returned."""
        response = self._operation.response
        return response.values if response is not None else ()

    @property
    def reason(self) -> str:
        """Why it was not ok."""
        response = self._operation.response
        return response.reason if response is not None else ""

    def __repr__(self) -> str:
        kind = self._operation.request.kind
        found = f" {list(self.values)}" if kind == "get" and self.ok else ""
        return f"<{kind} {self.key!r} at {self.node}: {self.status}{found}>"


class SimCluster:
    """`fields` are those of `kept.RunConfig`; `claims` are checked beside those that the configuration promises.

    Raises `UsageError` for a field or claim that is wrong. Every call may raise `Violation`.
    """

    def __init__(self, claims: Iterable[str] = (), **fields: Any) -> None:
        given = {**SMALL, "seed": current().seed, **fields}
        given["partitions"] = max(given["partitions"], given["nodes"])
        try:
            self.config = configured(RunConfig(**given))
        except ValueError as error:
            from pydantic import ValidationError  # noqa: PLC0415

            raise UsageError(first_problem(error, RunConfig) if isinstance(error, ValidationError) else error) from None
        named = tuple(claims)
        for name in named:
            _known_claim(name)
        self.claims = claims_of(self.config, named)
        self._lab = Stepped(self.config, rules=rules_of(self.config))
        self._lab.begin()
        self._judged = 0
        """Operations that had ended when the promises were judged last."""
        self._trial: Trial | None = None
        self.faults_in_a_row = 0
        """Since a client asked for something last."""

    # Who is there

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every machine that is not gone for good."""
        return tuple(name for name, machine in self._lab.world.machines.items() if not machine.destroyed)

    @property
    def members(self) -> tuple[str, ...]:
        """Who is in the ring, as the newest membership table has it; nobody while no member runs."""
        table = newest(self._lab.world)
        return table.names if table is not None else ()

    @property
    def serving(self) -> tuple[str, ...]:
        """The members that answer clients now."""
        machines = self._lab.world.machines
        return tuple(name for name in self.members if machines[name].serving and not machines[name].paused)

    @property
    def down(self) -> tuple[str, ...]:
        """Machines whose process has ended, and may be started again."""
        return tuple(name for name in self.nodes if not self._lab.world.machines[name].up)

    @property
    def paused(self) -> tuple[str, ...]:
        """Machines that stand still."""
        return tuple(name for name in self.nodes if self._lab.world.machines[name].paused)

    @property
    def rough(self) -> bool:
        """Whether `heal` would change something: a link is cut or clogged, or messages are lost, late or doubled."""
        network = self._lab.world.network
        return bool(network.cut or network.clogged or network.weather.rough or network.weather.reorder)

    @property
    def newcomers(self) -> int:
        """How many machines came after the founders."""
        return len(self._lab.world.machines) - self.config.nodes

    @property
    def now_ms(self) -> float:
        """Virtual time."""
        return self._lab.world.now_us / _MS

    @property
    def steps(self) -> tuple[Step, ...]:
        """Everything that was done so far."""
        return tuple(self._lab.taken_steps)

    # Clients

    def get(self, key: str | bytes, *, client: int = 0, node: str = "", wait: bool = True) -> Answer:
        """Read all siblings of a key. `node` is asked; where it is not named, one that serves. With `wait` false the
        call returns at once, and the request goes on while other things happen."""
        return self._ask("get", key, b"", None, client, node, wait)

    def put(
        self,
        key: str | bytes,
        value: str | bytes,
        seen: Answer | None = None,
        *,
        client: int = 0,
        node: str = "",
        wait: bool = True,
    ) -> Answer:
        """Write a version that replaces what the answer `seen` to an earlier get or put of this key has shown, and
        nothing else."""
        return self._ask("put", key, _bytes(value), seen, client, node, wait)

    def delete(self, key: str | bytes, seen: Answer, *, client: int = 0, node: str = "", wait: bool = True) -> Answer:
        """Delete what the answer `seen` has shown."""
        return self._ask("delete", key, b"", seen, client, node, wait)

    def _ask(
        self, kind: Any, key: str | bytes, value: bytes, seen: Answer | None, client: int, node: str, wait: bool
    ) -> Answer:
        named = _bytes(key)
        if not 0 <= client < self.config.clients:
            raise UsageError(f"client: {client}; accepted: 0 to {self.config.clients - 1}")
        if seen is not None and seen.key != named:
            raise UsageError(f"seen: an answer about {seen.key!r}; accepted: one about {named!r}")
        if not node:
            ready = self.serving or self.nodes
            node = ready[client % len(ready)]
        self._there(node)
        number = NOTHING_SEEN if seen is None else seen.number
        self.take(Ask(client=client, node=node, kind=kind, key=named, value=value, seen=number, wait=wait))
        return Answer(self._lab.operations[-1], named, node)

    # Processes

    def crash(self, node: str, *, keep: float = 0.0, at_next_write: bool = False) -> None:
        """Stop a node, until `restart`. Of the writes that were not synced yet, the share `keep` survives. It may wait
        for its next write, and strike before that is durable."""
        self._strike(kinds.CRASH, node, number=keep, dirty=at_next_write)

    def restart(self, node: str) -> None:
        """Start a node that is down."""
        self.take(End(kinds=_DEAD, node=self._there(node)))

    def pause(self, node: str) -> None:
        """A node stands still, until `resume`; what is sent to it waits."""
        self._strike(kinds.PAUSE, node)

    def resume(self, node: str) -> None:
        self.take(End(kinds=(kinds.PAUSE,), node=self._there(node)))

    def lose_disk(self, node: str) -> bool:
        """A node loses its disk, and is down until `restart`. Only where what was promised survives that, else another
        node's, else none: whether one was lost."""
        return self._strike(kinds.LOST_DISK, node)

    def jump_clock(self, node: str, by_ms: int) -> None:
        """A wall clock goes wrong, until the cluster settles."""
        self._strike(kinds.JUMP, node, number=float(by_ms * _MS))

    # Links

    def partition(self, *groups: Iterable[str]) -> None:
        """Groups of nodes cannot hear each other, until `heal`."""
        parts = [[self._there(name) for name in group] for group in groups]
        pairs = [(a, b) for one in parts for other in parts if one is not other for a in one for b in other]
        if not pairs:
            raise UsageError(f"partition: {len(parts)} groups; accepted: two or more, of one node or more each")
        self.take(Strike(kind=kinds.PARTITION, for_us=LONGEST_US, pairs=tuple(sorted(pairs))))

    def cut(self, sender: str, to: str) -> None:
        """Messages of one node do not reach another, until `heal`."""
        pair = (self._there(sender), self._there(to))
        self.take(Strike(kind=kinds.ONE_WAY, for_us=LONGEST_US, pairs=(pair,)))

    def lose_messages(self, share: float = 1.0) -> None:
        """Every message is lost with this chance, clients' ones too, until `heal`."""
        self.take(Strike(kind=kinds.LOSS, for_us=LONGEST_US, number=share))

    def duplicate_messages(self, share: float = 1.0) -> None:
        """Every message arrives twice with this chance, until `heal`."""
        self.take(Strike(kind=kinds.DUPLICATE, for_us=LONGEST_US, number=share))

    def heal(self) -> None:
        """All links are whole again."""
        self.take(End(kinds=_LINKS))

    # Members

    def join(self, weight: float = 1.0) -> str:
        """A new machine asks to join the ring; that takes time. Returns its name."""
        name = self._newcomer()
        self.take(Strike(kind=kinds.JOIN, for_us=1, nodes=(name,), number=weight))
        return name

    def leave(self, node: str) -> None:
        """A member begins to leave."""
        self.take(Strike(kind=kinds.LEAVE, for_us=1, nodes=(self._there(node),)))

    def remove(self, node: str) -> bool:
        """A machine is gone for good, with its disk, and the operator removes it from the ring. Only where what was
        promised survives that: whether it happened."""
        return self.take(Strike(kind=kinds.REMOVE, for_us=1, nodes=(self._there(node),)))

    def replace(self, node: str) -> str:
        """As `remove`, and a new machine takes its place. Returns its name, or "" where it did not happen."""
        name = self._newcomer()
        step = Strike(kind=kinds.REPLACE, for_us=1, nodes=(self._there(node), name))
        return name if self.take(step) else ""

    def _newcomer(self) -> str:
        return f"n{len(self._lab.world.machines) + 1}"

    # Any fault, and time

    def strike(self, kind: str, *nodes: str, for_ms: int = LONGEST_US // _MS, number: float = 0.0) -> bool:
        """Any other fault (`docs/faults.md`): whether it happened."""
        if kind not in kinds.KINDS:
            raise unknown("kind", kind, list(kinds.KINDS))
        there = tuple(self._there(name) for name in nodes)
        return self.take(Strike(kind=kind, for_us=for_ms * _MS, nodes=there, number=number))

    def end(self, *ended: str, node: str = "") -> None:
        """Faults of these kinds are over."""
        self.take(End(kinds=ended, node=node))

    def advance(self, ms: float) -> None:
        """Let time pass."""
        if not 0 <= ms <= LONGEST_US / _MS:
            raise UsageError(f"ms: {ms:g}; accepted: 0 to {LONGEST_US / _MS:g}")
        self.take(Pass(for_us=round(ms * _MS)))

    def settle(self) -> None:
        """Every fault is over, dead nodes start, and time passes until the cluster is at rest."""
        self.take(Settle())

    # What came of it

    def check(self, *claims: str) -> None:
        """Heal, settle and judge, if that was not done yet; raise `Violation` where a claim does not hold, of those
        that are named or else of all. An undecided one fails or warns, as ``--kept-unknown`` says."""
        for name in claims:
            if name not in self.claims:
                raise unknown("claim", name, list(self.claims))
        verdicts = {name: verdict for name, verdict in self.trial.verdicts.items() if not claims or name in claims}
        refuse_violations(verdicts)
        current().judge(undecided(verdicts))

    @property
    def trial(self) -> Trial:
        """The whole run and its verdicts. Asking for it ends the run."""
        if self._trial is None:
            self._lab.take(Settle())
            outcome = self._lab.conclude()
            self._lab.log.close()
            self._trial = judged(outcome, self.claims)
        return self._trial

    @property
    def report(self) -> "Report":
        """The same as `kept.run` gives: `holds`, `verdicts`, `schedule`, `explain()`."""
        from kept.api import Report  # noqa: PLC0415

        return Report(self.trial)

    @property
    def history(self) -> RecordedRun:
        """What clients were told so far, in the form that the checkers read."""
        return self._lab.recorder.recorded()

    # One step

    def _there(self, name: str) -> str:
        if name not in self._lab.world.machines:
            raise unknown("node", name, list(self.nodes))
        return name

    def _strike(self, kind: str, node: str, number: float = 0.0, dirty: bool = False) -> bool:
        step = Strike(kind=kind, for_us=LONGEST_US, nodes=(self._there(node),), number=number, dirty=dirty)
        return self.take(step)

    def take(self, step: Step) -> bool:
        """Do one step, as a schedule has it. Whether it happened."""
        if self._trial is not None:
            raise UsageError("the run of this cluster has ended with its check; accepted: a new cluster")
        happened = self._lab.take(step)
        if isinstance(step, Ask):
            self.faults_in_a_row = 0
        elif isinstance(step, Strike):
            self.faults_in_a_row += 1
        self._judge_so_far()
        return happened

    def _judge_so_far(self) -> None:
        """Judge what can be judged already, if a get was answered since that was done last: no other answer can break
        these promises. While an operation is under way its version may have no name yet that the trace tells, so that
        waits."""
        lab = self._lab
        if lab.open or not any(one.request.kind == GET for one in lab.operations[self._judged :]):
            return
        self._judged = len(lab.operations)
        refuse_violations(judge(self.history, [name for name in self.claims if name in SO_FAR]))


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _known_claim(name: str) -> None:
    if name not in CLAIMS:
        raise unknown("claim", name, list(CLAIMS))
