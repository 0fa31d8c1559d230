"""Small stores that give one guarantee each, and freely break all stronger ones. They make histories of known strength.

Every write has a value of its own. A client whose outcome is unknown goes on under another name, so `name` is the
session and `client` the place where the session runs.
"""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple, Protocol

from histories.columns import Mark

NOTHING = Mark.NIL


class Store(Protocol):
    """What `histories.guarantees` runs clients against."""

    def read(self, client: int, key: str, name: int) -> Any: ...

    def write(self, client: int, key: str, value: Any, name: int, pending: bool) -> None: ...


class Atomic:
    """One copy. Reads return one of the last 1 + `lag` values."""

    def __init__(self, chance: Random, lag: int = 0) -> None:
        self._chance, self._lag = chance, lag
        self._held: dict[str, list[Any]] = {}

    def read(self, client: int, key: str, name: int) -> Any:
        held = self._held.get(key, [NOTHING])
        return held[-1 - self._chance.randrange(min(1 + self._lag, len(held)))]

    def write(self, client: int, key: str, value: Any, name: int, pending: bool) -> None:
        self._held.setdefault(key, [NOTHING]).append(value)


class _Write(NamedTuple):
    sender: int
    number: int
    """Among those of its sender, from 1."""
    key: str
    value: Any
    seen: tuple[int, ...]
    """How many writes of each client the sender had applied when it wrote."""
    clock: int
    """Lamport's, greater than that of every write that the sender had applied."""

    def after(self, other: "_Write") -> bool:
        """Whether the sender of this one had applied the other."""
        return self.seen[other.sender] >= other.number


class Fifo:
    """A copy for each client. What another one wrote arrives in the order of its sender, some time (PRAM)."""

    def __init__(self, chance: Random, clients: int) -> None:
        self._chance, self._clients = chance, clients
        self._log: list[list[_Write]] = [[] for _ in range(clients)]
        self._applied = [[0] * clients for _ in range(clients)]
        self._copies: list[dict[str, list[_Write]]] = [{} for _ in range(clients)]

    def read(self, client: int, key: str, name: int) -> Any:
        self._hear(client)
        known = self._copies[client].get(key, [])
        return self._shown(known) if known else NOTHING

    def write(self, client: int, key: str, value: Any, name: int, pending: bool) -> None:
        self._hear(client)
        clock = 1 + max((one.clock for log in self._copies[client].values() for one in log), default=0)
        seen = tuple(self._applied[client])
        self._log[client].append(_Write(client, seen[client] + 1, key, value, seen, clock))
        self._apply(client, self._log[client][-1])

    def _hear(self, client: int) -> None:
        """Some of what may be applied next is applied."""
        for _ in range(self._chance.randrange(2 * self._clients)):
            ready = list(self._ready(client))
            if not ready:
                return
            self._apply(client, self._chance.choice(ready))

    def _ready(self, client: int) -> Iterator[_Write]:
        for sender, log in enumerate(self._log):
            at = self._applied[client][sender]
            if at < len(log) and self._may(client, log[at]):
                yield log[at]

    def _may(self, client: int, write: _Write) -> bool:
        return True

    def _apply(self, client: int, write: _Write) -> None:
        self._applied[client][write.sender] = write.number
        self._copies[client].setdefault(write.key, []).append(write)

    def _shown(self, known: list[_Write]) -> Any:
        """The last one applied."""
        return known[-1].value


class Causal(Fifo):
    """What a write's sender had applied is applied before it (causal memory, Ahamad et al. 1995)."""

    def _may(self, client: int, write: _Write) -> bool:
        return all(had <= has for had, has in zip(write.seen, self._applied[client], strict=True))


class Convergent(Causal):
    """Of what was applied the write with the greatest clock counts, everywhere alike (causal convergence)."""

    def _shown(self, known: list[_Write]) -> Any:
        return max(known, key=lambda one: (one.clock, one.sender)).value


class Concurrent(Causal):
    """Any write counts that no other one that was applied had seen, at each read another one (causal consistency)."""

    def _shown(self, known: list[_Write]) -> Any:
        last = [one for one in known if not any(other.after(one) for other in known if other is not one)]
        return self._chance.choice(last).value


class _Done(NamedTuple):
    write: int | None
    """Of a write itself, or of the write that was read; None for nothing."""
    is_read: bool


class Remembering:
    """All writes are known everywhere; a read returns any of them that one session guarantee (Terry et al. 1994) lets
    its client read."""

    def __init__(self, chance: Random, guarantee: str) -> None:
        self._chance, self._guarantee = chance, guarantee
        self._writes: list[tuple[str, Any, int, int, bool]] = []
        """Key, value, name of the writer, how much it had done before, and whether the outcome is unknown."""
        self._done: dict[int, list[_Done]] = {}

    def read(self, client: int, key: str, name: int) -> Any:
        mine = self._done.setdefault(name, [])
        possible = [None, *(at for at, one in enumerate(self._writes) if one[0] == key)]
        allowed = [one for one in possible if self._fresh(key, one, [*mine, _Done(one, True)])]
        chosen = self._chance.choice(allowed)
        mine.append(_Done(chosen, True))
        return NOTHING if chosen is None else self._writes[chosen][1]

    def write(self, client: int, key: str, value: Any, name: int, pending: bool) -> None:
        mine = self._done.setdefault(name, [])
        self._writes.append((key, value, name, len(mine), pending))
        if not pending:
            mine.append(_Done(len(self._writes) - 1, False))

    def _fresh(self, key: str, source: int | None, done: list[_Done]) -> bool:
        """Whether nothing that the client must have seen makes `source` old; the read is the last of `done`."""
        return not any(
            self._writes[seen][0] == key and (source is None or self._older(source, seen)) for seen in self._must(done)
        )

    def _older(self, first: int, second: int) -> bool:
        """Whether one client wrote both, in this order, and surely."""
        one, other = self._writes[first], self._writes[second]
        return one[2] == other[2] and first < second and not one[4]

    def _must(self, done: list[_Done]) -> Iterator[int]:
        """What the client must have seen."""
        for at, one in enumerate(done):
            earlier = at + 1 < len(done)
            if one.write is None:
                continue
            if self._guarantee == "read-your-writes":
                wanted = [one.write] if not one.is_read and earlier else []
            elif self._guarantee == "monotonic-reads":
                wanted = [one.write] if one.is_read and earlier else []
            elif one.is_read:
                _, _, writer, before, _ = self._writes[one.write]
                of_reads = self._guarantee == "writes-follow-reads"
                had = self._done[writer][:before]
                wanted = [other.write for other in had if other.is_read == of_reads and other.write is not None]
            else:
                wanted = []
            yield from wanted
