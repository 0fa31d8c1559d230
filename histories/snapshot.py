"""Writing replicas.jsonl: the final state of every replica, filled in by whoever can look into the nodes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from histories.header import ReplicasHeader, RunHeader
from histories.operation import Dot, Vector
from histories.sink import Escaped, actors_text, json_text, plain

Write = Callable[[str], Any]


class Snapshot:
    """Rows of replicas.jsonl, in the order of the calls (give nodes and keys in a fixed order)."""

    def __init__(self, start: Callable[[RunHeader], Write], fields: Mapping[str, Any]) -> None:
        self._write = start(ReplicasHeader(kept="replicas", **fields))
        self._actors = Escaped()

    def data(self, node: str, key: bytes, context: Vector, versions: Iterable[tuple[Dot, bytes | None]]) -> None:
        """What `node` holds of `key` as its own; a version's value of None is a tombstone."""
        self._state(f'"space":"data",{self._tail(context, versions)}', node, key)

    def hint(
        self, node: str, owner: str, key: bytes, context: Vector, versions: Iterable[tuple[Dot, bytes | None]]
    ) -> None:
        """What `node` still keeps of `key` for `owner`."""
        self._state(f'"space":"hint","owner":{self._actors[owner]},{self._tail(context, versions)}', node, key)

    def roots(self, node: str, roots: Mapping[int, bytes]) -> None:
        """The Merkle root of each partition that `node` owns."""
        texts = {str(partition): root.hex() for partition, root in sorted(roots.items())}
        self._write(plain({"node": node, "roots": texts}) + "\n")

    def _state(self, rest: str, node: str, key: bytes) -> None:
        self._write(f'{{"node":{self._actors[node]},"key":{json_text(key)},{rest}\n')

    def _tail(self, context: Vector, versions: Iterable[tuple[Dot, bytes | None]]) -> str:
        texts = [
            f'{{"dot":[{self._actors[dot[0]]},{dot[1]}],"value":{"null" if value is None else json_text(value)}}}'
            for dot, value in versions
        ]
        return f'"context":{actors_text(self._actors, context)},"versions":[{",".join(texts)}]}}'
