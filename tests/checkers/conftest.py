"""A perfect store: one atomic copy of every key. Its recorded runs keep every promise, so each check must say Valid,
and each defect that a test puts into such a run must be found."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from histories.header import Ring, RunHeader
from histories.operation import Operation
from histories.recorder import Recorder
from histories.replicas import FinalVersion, ReplicaState
from histories.run import RecordedRun
from model.placement import Placement

HEADER = RunHeader(seed=7, config={"n": 3}, created_by="kept 0.1.0", code="tests")
NODES = ("n1", "n2", "n3", "n4", "n5")
RING = Ring.model_validate(
    {
        "strategy": 3,
        "n": 3,
        "partitions": 10,
        "members": [{"name": name, "tokens": [i, i + 5]} for i, name in enumerate(NODES)],
    }
)


class PerfectStore:
    """Every operation takes effect at one moment between its invocation and its completion."""

    def __init__(self, seed: int, operations: int = 120, keys: int = 4, processes: int = 5) -> None:
        self.random = random.Random(seed)
        self.recorder = Recorder(None, HEADER)
        self.keys = [b"k%d" % i for i in range(keys)]
        self.contexts: dict[bytes, dict[str, int]] = {key: {} for key in self.keys}
        self.versions: dict[bytes, dict[tuple[str, int], bytes]] = {key: {} for key in self.keys}
        self.counters: dict[str, int] = {}
        self.seen: dict[tuple[int, bytes], dict[str, int]] = {}
        steps: list[tuple[int, int, int, Callable[[int], None]]] = []
        for number in range(operations):
            self._plan(steps, number, number % processes, (number // processes) * 100)
        for time_us, _, _, step in sorted(steps, key=lambda entry: entry[:3]):
            step(time_us)
        self._settle()

    def _plan(self, steps: list[Any], number: int, lane: int, round_us: int) -> None:
        draw = self.random
        start, effect, end = sorted(round_us + draw.randrange(100) for _ in range(3))
        kind = draw.choice(("get", "put", "put", "delete"))
        key = draw.choice(self.keys)
        fate = draw.choices(("ok", "fail", "info", "silence"), (16, 1, 2, 1))[0]
        happens = fate == "ok" or (fate != "fail" and draw.random() < 0.5)
        process = number + 1000 if fate == "silence" else lane
        request, value = f"{process}.{number}", b"v%d" % number
        supplied: dict[str, int] = {}
        answer: list[Any] = []

        def invoke(now_us: int) -> None:
            if draw.random() < 0.8:
                supplied.update(self.seen.get((lane, key), {}))
            context = {} if kind == "get" else supplied
            self.recorder.invoke(now_us, process, kind, key, value if kind == "put" else None, context, request)

        def take_effect(now_us: int) -> None:
            if happens:
                answer.append(self._apply(now_us, kind, key, value, supplied, request))

        def complete(now_us: int) -> None:
            if fate in ("fail", "info"):
                getattr(self.recorder, fate)(now_us, process, kind, key, request, "no quorum")
            elif fate == "ok":
                self._tell(now_us, process, kind, key, request, answer[0])
                self.seen[lane, key] = answer[0][2]

        for order, (time_us, step) in enumerate(((start, invoke), (effect, take_effect), (end, complete))):
            steps.append((time_us, number, order, step))

    def _apply(self, now_us: int, kind: str, key: bytes, value: bytes, supplied: dict[str, int], request: str) -> Any:
        context, versions = self.contexts[key], self.versions[key]
        dot = None
        if kind != "get":
            for gone in [d for d in versions if supplied.get(d[0], 0) >= d[1]]:
                del versions[gone]
        if kind == "put":
            actor = self.random.choice(NODES)
            self.counters[actor] = self.counters.get(actor, 0) + 1
            dot = (actor, self.counters[actor])
            versions[dot] = value
            context[actor] = dot[1]
            self.recorder.minted(now_us, request, key, dot)
        return dot, dict(sorted(versions.items())), dict(context)

    def _tell(self, now_us: int, process: int, kind: str, key: bytes, request: str, answer: Any) -> None:
        dot, versions, context = answer
        if kind == "put":
            self.recorder.ok_put(now_us, process, key, request, dot, context)
        elif kind == "delete":
            self.recorder.ok_delete(now_us, process, key, request, context)
        else:
            self.recorder.ok_get(now_us, process, key, request, versions.values(), versions, context)

    def _settle(self) -> None:
        snapshot = self.recorder.replicas(True, 5_000_000, RING)
        placement = Placement(RING)
        for node in NODES:
            for key in self.keys:
                if node in placement.owners(key):
                    snapshot.data(node, key, self.contexts[key], sorted(self.versions[key].items()))
            mine = {p: p.to_bytes(4, "big") for p in range(10) if node in placement.owners_of(p)}
            snapshot.roots(node, mine)


_RUNS: dict[tuple[int, int], RecordedRun] = {}


def perfect_run(seed: int, operations: int = 120) -> RecordedRun:
    if (seed, operations) not in _RUNS:
        _RUNS[seed, operations] = PerfectStore(seed, operations).recorder.recorded()
    return _RUNS[seed, operations]


@pytest.fixture
def perfect() -> Callable[..., RecordedRun]:
    return perfect_run


class Story:
    """A run written by hand on one key: operations with explicit times (ms), and what each node holds at the end."""

    def __init__(self) -> None:
        self.recorder = Recorder(None, HEADER)
        self.rows: list[tuple[int, int, Callable[[int], None]]] = []
        self.count = 0
        self.mintings: list[tuple[int, str, bytes, tuple[str, int]]] = []

    def _span(self, start_ms: int, end_ms: int | None, begin: Any, finish: Any) -> None:
        self.rows.append((start_ms * 1000, len(self.rows), begin))
        if end_ms is not None:
            self.rows.append((end_ms * 1000, len(self.rows), finish))

    def put(
        self,
        start_ms: int,
        end_ms: int | None,
        value: str,
        dot: tuple[str, int],
        context: dict[str, int] | None = None,
        outcome: str = "ok",
        key: str = "k",
        minted: bool = True,
    ) -> "Story":
        process, request, name, seen = self._next(), f"r{self.count}", key.encode(), context or {}
        if minted:
            self.mintings.append((start_ms * 1000, request, name, dot))

        def finish(t: int) -> None:
            if outcome == "ok":
                joined = dict(seen)
                joined[dot[0]] = max(dot[1], joined.get(dot[0], 0))
                self.recorder.ok_put(t, process, name, request, dot, joined)
            else:
                getattr(self.recorder, outcome)(t, process, "put", name, request, "timeout")

        def begin(t: int) -> None:
            self.recorder.invoke(t, process, "put", name, value.encode(), seen, request)

        self._span(start_ms, end_ms, begin, finish)
        return self

    def delete(
        self, start_ms: int, end_ms: int | None, context: dict[str, int], outcome: str = "ok", key: str = "k"
    ) -> "Story":
        process, request, name = self._next(), f"r{self.count}", key.encode()

        def finish(t: int) -> None:
            if outcome == "ok":
                self.recorder.ok_delete(t, process, name, request, context)
            else:
                getattr(self.recorder, outcome)(t, process, "delete", name, request, "timeout")

        self._span(
            start_ms,
            end_ms,
            lambda t: self.recorder.invoke(t, process, "delete", name, None, context, request),
            finish,
        )
        return self

    def get(
        self,
        start_ms: int,
        end_ms: int,
        siblings: list[tuple[tuple[str, int], str]],
        context: dict[str, int],
        key: str = "k",
    ) -> "Story":
        process, request, name = self._next(), f"r{self.count}", key.encode()
        self._span(
            start_ms,
            end_ms,
            lambda t: self.recorder.invoke(t, process, "get", name, None, {}, request),
            lambda t: self.recorder.ok_get(
                t, process, name, request, [v.encode() for _, v in siblings], [d for d, _ in siblings], context
            ),
        )
        return self

    def _next(self) -> int:
        self.count += 1
        return self.count

    def end(
        self,
        versions: list[tuple[tuple[str, int], str]] | None = None,
        context: dict[str, int] | None = None,
        trace: bool = True,
        settled: bool = True,
        key: str = "k",
    ) -> RecordedRun:
        """The run; where `versions` are given, every owner holds them."""
        for time_us, _, row in sorted(self.rows, key=lambda entry: entry[:2]):
            row(time_us)
        if trace:
            for time_us, request, name, dot in sorted(self.mintings):
                self.recorder.minted(time_us, request, name, dot)
        if versions is not None:
            snapshot = self.recorder.replicas(settled, 1 if settled else None, RING)
            for node in sorted(Placement(RING).owners(key.encode())):
                snapshot.data(node, key.encode(), context or {}, [(d, v.encode()) for d, v in versions])
        run = self.recorder.recorded()
        return run if trace else run._replace(trace=None)


@pytest.fixture
def story() -> Story:
    return Story()


class Mutations:
    """Defects put into a valid run."""

    @staticmethod
    def states(run: RecordedRun, states: list[ReplicaState]) -> RecordedRun:
        assert run.replicas is not None
        return run._replace(replicas=run.replicas._replace(states=tuple(states)))

    @classmethod
    def each_state(cls, run: RecordedRun, change: Callable[[ReplicaState], ReplicaState]) -> RecordedRun:
        assert run.replicas is not None
        return cls.states(run, [change(state) for state in run.replicas.states])

    @classmethod
    def drop(cls, run: RecordedRun, key: str, dot: tuple[str, int]) -> RecordedRun:
        """Every replica forgets one version but goes on covering it."""
        return cls.each_state(
            run,
            lambda s: s._replace(versions=tuple(v for v in s.versions if (s.key, v.dot) != (key, dot))),
        )

    @classmethod
    def add(cls, run: RecordedRun, key: str, dot: tuple[str, int], value: str) -> RecordedRun:
        """Every owner holds one version more."""
        return cls.each_state(
            run,
            lambda s: (
                s if s.key != key else s._replace(versions=tuple(sorted((*s.versions, FinalVersion(dot, value)))))
            ),
        )

    @staticmethod
    def operation(run: RecordedRun, index: int, **changes: Any) -> RecordedRun:
        operations = list(run.operations)
        operations[index] = operations[index]._replace(**changes)
        return run._replace(history=run.history._replace(operations=tuple(operations)))

    @staticmethod
    def untraced(run: RecordedRun) -> RecordedRun:
        """The run as an outsider records it: nobody tells the dots of puts that were not acknowledged."""
        bare = tuple(op._replace(minted=None) for op in run.operations)
        return run._replace(trace=None, history=run.history._replace(operations=bare))

    @staticmethod
    def standing(run: RecordedRun) -> list[tuple[Operation, tuple[str, int]]]:
        """Acknowledged puts that are final siblings."""
        assert run.replicas is not None
        final = {(s.key, v.dot) for s in run.replicas.states for v in s.versions}
        return [(op, op.dot) for op in run.operations if op.dot is not None and (op.key, op.dot) in final]

    @staticmethod
    def replaced(run: RecordedRun) -> list[tuple[Operation, Operation]]:
        """Acknowledged puts with an acknowledged write that had seen them."""
        done = [op for op in run.operations if op.kind != "get" and op.outcome == "ok"]
        return [
            (old, by)
            for old in done
            for by in done
            if old.dot and by.key == old.key and by.context.get(old.dot[0], 0) >= old.dot[1]
        ]


@pytest.fixture
def mutate() -> type[Mutations]:
    return Mutations
