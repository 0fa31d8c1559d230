"""A whole cluster in one process, without a network: the shell to try the store with, and to embed it in.

    with LocalCluster(3, directory="data") as store:
        store.put(b"cart", b"", b"milk")
        got = store.get(b"cart")
        store.put(b"cart", got.context, b"milk,bread")

The same `dynamo.core.node.Node` that a deployment runs, each with a storage engine of its own: SQLite files where a
directory is given, memory otherwise. Messages are handed over at once, writes are synced before anybody hears of them,
and one sync covers everything that piled up (group commit). Time passes only while a call runs: `tick` lets background
work (handoff, anti-entropy, gossip) catch up.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import SystemRandom
from typing import Any, Self

from dynamo.core import messages as m
from dynamo.core.config import StoreConfig
from dynamo.core.effects import (
    DATA,
    HINT,
    META,
    Asked,
    Boot,
    Event,
    Load,
    Loaded,
    Received,
    Reply,
    Send,
    SetTimer,
    Synced,
    TimerFired,
    Write,
)
from dynamo.core.errors import CallerError, CorruptRecord, StoreError
from dynamo.core.messages import Operate, Operated, Request, Response
from dynamo.core.node import Node
from dynamo.core.ring import Member
from dynamo.core.rules import rules_for
from dynamo.core.siblings import Siblings
from dynamo.core.tokens import build_members
from dynamo.storage.buffer import WriteBack
from dynamo.storage.memory import MemoryEngine
from dynamo.storage.port import Engine
from dynamo.storage.sqlite import SQLiteEngine

_CLIENT = "local"


class RequestFailed(StoreError):
    """A request was not answered with ok. `response.status` is ``fail`` (no effect, ever) or ``info`` (unknown)."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"{response.status}: {response.reason}")
        self.response = response


class LocalCluster:
    """`nodes` nodes in this process. Not for several threads at once.

    With `buffer_records`, each engine has a write-back buffer of so many records in front of it, which is of use
    where `config.durable_copies` lets replicas acknowledge from memory (the paper's section 6.1).

    Raises `CallerError` for a configuration that cannot work and `StorageError` where a file cannot be used.
    """

    def __init__(
        self,
        nodes: int = 3,
        config: StoreConfig | None = None,
        directory: str | Path | None = None,
        buffer_records: int = 0,
    ) -> None:
        self.config = config or StoreConfig(n=min(3, nodes), r=min(2, nodes), w=min(2, nodes))
        if nodes < self.config.n:
            raise CallerError(f"nodes: {nodes} is less than n: {self.config.n}")
        founders = [f"n{i + 1}" for i in range(nodes)]
        names = [*founders, *(name for name in _stored(directory) if name not in founders)]
        self.members = build_members(
            [Member(name, ()) for name in founders], self.config.strategy, 8, self.config.partitions,
            spread=self.config.n,
        )  # fmt: skip
        """The founders, with the tokens that they began with; `ring` tells who is a member now."""
        self._directory = directory
        self._buffer_records = buffer_records
        self.marks: dict[str, int] = {}
        self._random = SystemRandom()
        self._rules = rules_for(self.config.versions)
        self._engines: dict[str, Engine] = {name: _engine(directory, name, buffer_records) for name in names}
        self._genesis = not any(True for engine in self._engines.values() for _ in engine.scan(META))
        self._nodes: dict[str, Node] = {}
        self._events: deque[tuple[str, Event]] = deque()
        self._timers: dict[tuple[str, str], int] = {}
        self._replies: dict[str, Response | Operated] = {}
        self._asking = ""
        """The request that is waited for; nobody wants the answer to an earlier one any more."""
        self._written: dict[str, int] = {}
        """node -> its last write that somebody waits for, until it is synced; 0 where there is none."""
        self._buffered: dict[str, int] = {}
        self._requests = 0
        self._session = f"{self._random.getrandbits(64):x}"
        for name in names:
            self._start(name)
        self._pump()
        self._await_serving(names)

    # What the store offers

    def get(self, key: bytes, **options: int) -> Response:
        """All current siblings of `key` (`values`, empty where there is none) and one `context` for them.

        `options`: r, pr, timeout_us. Raises `RequestFailed`.
        """
        return self._ask(Request(self._id(), m.GET, key, b"", b"", **options))

    def put(self, key: bytes, context: bytes, value: bytes, **options: int) -> Response:
        """Write a new version that replaces what `context` has seen (b"": nothing), and nothing else.

        `options`: w, pw, timeout_us. Raises `RequestFailed`.
        """
        return self._ask(Request(self._id(), m.PUT, key, value, context, **options))

    def delete(self, key: bytes, context: bytes, **options: int) -> Response:
        """Delete what `context` has seen. `options` as for `put`. Raises `RequestFailed`."""
        return self._ask(Request(self._id(), m.DELETE, key, b"", context, **options))

    # The cluster

    def stop(self, name: str) -> None:
        """Stop one node; its engine stays open, as a disk stays in a machine that is off."""
        self._nodes.pop(name, None)
        for timer in [timer for timer in self._timers if timer[0] == name]:
            del self._timers[timer]

    def start(self, name: str, vouch: bool = False) -> None:
        """Start a stopped node with what its engine holds. It serves when more than half of the others have told what
        they remember of it, or after `config.greeting_us` when one has. Where nobody is left to tell, `vouch` that its
        files are not old ones; otherwise it goes on waiting. Raises `CallerError` where that cannot help."""
        if name in self._nodes:
            raise CallerError(f"{name} is running")
        self._start(name)
        self._pump()
        if vouch and not self._nodes[name].serving:
            self._order(name, Operate(self._id(), "vouch", name))
        self._await_serving([name])

    def _start(self, name: str) -> None:
        engine = self._engines[name]
        founder = any(member.name == name for member in self.members)
        self._written[name] = 0
        self._buffered.pop(name, None)
        self._nodes[name] = Node(
            name, self.config, self.members if founder else (), self._rules, self._random.randrange, self.marks,
            seeds=(self.members[0].name,),
        )  # fmt: skip
        meta = {key: record if isinstance(record, bytes) else None for key, record in engine.scan(META)}
        fresh_disk = f"{name}.{self._random.getrandbits(48):x}"
        data, hints = _states(engine, DATA), _states(engine, HINT)
        genesis = self._genesis and not meta  # a node that is stopped and started is not founded again
        self._events.append((name, Boot(meta, data, hints, fresh_disk, genesis, int(time.time()))))

    # Who is in it

    @property
    def ring(self) -> tuple[str, ...]:
        """The members, as the newest membership table of a running node has them."""
        tables = [node.participant.table for node in self._nodes.values() if node.participant.inside]
        return max(tables, key=lambda table: table.rank).names if tables else ()

    def join(self, name: str, weight: float = 1.0, patience_s: float = 60.0) -> None:
        """Start a new node called `name` and make it a member; returns when it owns its share. Raises `CallerError`
        where that is refused or takes longer than `patience_s` (then it goes on, and `tick` lets it)."""
        if name not in self._engines:
            self._engines[name] = _engine(self._directory, name, self._buffer_records)
        if name not in self._nodes:
            self.start(name)
        self._change(Operate(self._id(), "join", name, weight=weight), patience_s)

    def leave(self, name: str, patience_s: float = 60.0) -> None:
        """Let a member go; returns when everything that it held is where it belongs. Errors as of `join`."""
        self._change(Operate(self._id(), "leave", name), patience_s)

    def remove(self, name: str, patience_s: float = 60.0) -> None:
        """Remove a member that is dead for good; what only it held is lost. Errors as of `join`."""
        self._change(Operate(self._id(), "remove", name), patience_s)

    def _change(self, command: Operate, patience_s: float) -> None:
        """Tell a member other than the one it is about, and wait until the change is done."""
        until_us = _now_us() + int(patience_s * 1_000_000)
        members = [name for name in self.ring if name in self._nodes and name != command.node]
        if not members:
            raise CallerError("no member is running that could be told")
        self._order(members[0], command)
        while any(node.host.changing for node in self._nodes.values()):
            if _now_us() > until_us:
                raise CallerError(f"{command.action} {command.node}: still under way after {patience_s:g} s")
            self.tick(0.05)

    def _order(self, name: str, command: Operate) -> None:
        self._asking = command.id
        self._events.append((name, Asked(_CLIENT, command)))
        self._pump()
        answer = self._replies.pop(command.id)
        assert isinstance(answer, Operated), "a command is answered at once"
        if answer.status != m.OK:
            raise CallerError(f"{command.action} {command.node}: {answer.reason}")

    def _await_serving(self, names: Sequence[str]) -> None:
        until_us = _now_us() + 2 * self.config.greeting_us
        while not all(self._nodes[name].serving for name in names) and _now_us() < until_us:
            if not self._fire():
                time.sleep(0.001)
            self._pump()

    def tick(self, seconds: float) -> None:
        """Let timers fire for a while: background work goes on."""
        self.flush()
        until_us = _now_us() + int(seconds * 1_000_000)
        while _now_us() < until_us:
            if not self._fire():
                time.sleep(0.001)
            self._pump()

    def close(self) -> None:
        """Stop every node and close its engine."""
        for name in list(self._nodes):
            self.stop(name)
        for engine in self._engines.values():
            engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The shell

    def _id(self) -> str:
        self._requests += 1
        return f"{self._session}.{self._requests}"

    def _ask(self, request: Request) -> Response:
        running = sorted(self._nodes)
        if not running:
            raise CallerError("no node is running")
        inside = [name for name in running if self._nodes[name].participant.inside] or running
        node = inside[self._requests % len(inside)]
        self._asking = request.id
        self._events.append((node, Asked(_CLIENT, request)))
        patience_us = 2 * (request.timeout_us or self.config.timeout_us)
        until_us = _now_us() + patience_us
        while request.id not in self._replies and _now_us() < until_us:
            self._pump()
            if request.id not in self._replies and not self._fire():
                time.sleep(0.001)
        response = self._replies.pop(request.id, None) or Response(request.id, m.INFO, "no answer in time")
        assert isinstance(response, Response), "a request is not answered like a command"
        self._asking = ""
        if response.status != m.OK:
            raise RequestFailed(response)
        return response

    def _pump(self) -> None:
        """Hand over events until there are none; sync only when nothing else is left to do."""
        while self._events or self._sync():
            name, event = self._events.popleft()
            node = self._nodes.get(name)
            if node is not None:
                now_us = _now_us()
                for effect in node.step(event, now_us, time.time_ns() // 1_000):
                    self._carry_out(name, effect)

    def _carry_out(self, name: str, effect: Any) -> None:
        if isinstance(effect, Send):
            self._events.append((effect.to, Received(name, effect.message)))
        elif isinstance(effect, Write):
            self._engines[name].apply(effect.changes)
            (self._buffered if effect.buffered else self._written)[name] = effect.seq
        elif isinstance(effect, Reply):
            if effect.message.id == self._asking:
                self._replies[effect.message.id] = effect.message
        elif isinstance(effect, SetTimer):
            self._timers[(name, effect.name)] = effect.at_us
        elif isinstance(effect, Load):
            try:
                loaded = Loaded(effect.space, effect.key, self._engines[name].read(effect.space, effect.key))
            except CorruptRecord:
                loaded = Loaded(effect.space, effect.key, None, corrupt=True)
            self._events.appendleft((name, loaded))

    def _sync(self) -> bool:
        """Sync every engine that was written to since its last sync; False where none was."""
        for name, awaited in self._written.items():
            if awaited:
                self._engines[name].sync()
                seq = max(awaited, self._buffered.pop(name, 0))
                self._written[name] = 0
                self._events.append((name, Synced(seq)))
        return bool(self._events)

    def flush(self) -> None:
        """Make durable what lies in the buffers (`StoreConfig.durable_copies`); `tick` and `close` do it too."""
        for name in list(self._buffered):
            self._written[name] = max(self._written[name], self._buffered.pop(name))
        self._pump()

    def _fire(self) -> bool:
        """Fire the timers that are due; False where none is."""
        now_us = _now_us()
        due = sorted((at_us, key) for key, at_us in self._timers.items() if at_us <= now_us)
        for _, key in due:
            del self._timers[key]
            self._events.append((key[0], TimerFired(key[1])))
        return bool(due)


def _now_us() -> int:
    return time.monotonic_ns() // 1_000


def _stored(directory: str | Path | None) -> list[str]:
    """The nodes that have a file in `directory`."""
    return sorted(path.stem for path in Path(directory).glob("*.sqlite")) if directory is not None else []


def _engine(directory: str | Path | None, name: str, buffer_records: int) -> Engine:
    engine: Engine
    if directory is None:
        engine = MemoryEngine()
    else:
        path = Path(directory)
        path.mkdir(parents=True, exist_ok=True)
        engine = SQLiteEngine(path / f"{name}.sqlite")
    return WriteBack(engine, buffer_records) if buffer_records else engine


def _states(engine: Engine, space: str) -> Iterator[tuple[bytes, Siblings | None]]:
    for key, record in engine.scan(space):
        assert record is None or isinstance(record, Siblings)
        yield key, record
