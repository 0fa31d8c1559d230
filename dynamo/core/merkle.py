"""Merkle trees for anti-entropy, one per partition (Dynamo, section 4.7).

Two replicas of a partition compare roots; where they differ they compare children, and so on down to the leaves, so
what they exchange grows with what differs and not with what they hold. A leaf is a bucket of keys and the digests of
their states; an inner node is the hash of its children. The leading bits of md5(key) choose a key's partition, so its
trailing nibbles choose its leaf.

A write only records what it touched. Digests are computed when somebody asks, and then only along the paths that
changed. A tree is a function of its content: no order of writes, overwrites and deletions shows in it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b, md5
from typing import TypeVar

from dynamo.core.errors import PeerError
from dynamo.core.siblings import Siblings

FANOUT = 16
"""The children of an inner node: one per nibble."""
MAX_DEPTH = 8
EMPTY_DIGEST = b""
"""The digest of a subtree without keys. Every other digest has 16 bytes."""

Path = tuple[int, ...]
"""The nibbles from the root to a node; () is the root, a path as long as the tree is deep is a leaf."""
_Slot = TypeVar("_Slot", int, bytes)


def differing(mine: Mapping[_Slot, bytes], theirs: Mapping[_Slot, bytes]) -> tuple[_Slot, ...]:
    """The children (or, for two leaves, the keys) whose digests differ or that only one side has, sorted."""
    missing = [slot for slot in theirs if slot not in mine]
    return tuple(sorted([slot for slot, digest in mine.items() if theirs.get(slot) != digest] + missing))


class MerkleForest:
    """The Merkle trees of the partitions that one node holds.

    `depth` is the number of levels below the root: a tree has ``16 ** depth`` leaves.
    """

    def __init__(self, depth: int = 2) -> None:
        assert 1 <= depth <= MAX_DEPTH, f"depth {depth} is not in 1 to {MAX_DEPTH}"
        self.depth = depth
        self._trees: dict[int, _Tree] = {}
        self._touched: defaultdict[int, dict[bytes, Siblings | None]] = defaultdict(dict)

    def touch(self, partition: int, key: bytes, state: Siblings | None) -> None:
        """`key` now has `state`; None says that it is gone. Hashed later: this is on the path of every write."""
        self._touched[partition][key] = state

    def root(self, partition: int) -> bytes:
        """16 bytes that are equal exactly where the content is; `EMPTY_DIGEST` for a partition without keys."""
        return self._settled(partition).root

    def roots(self, partitions: Iterable[int]) -> dict[int, bytes]:
        """The root of each partition, the empty ones included."""
        return {partition: self.root(partition) for partition in partitions}

    def children(self, partition: int, path: Path) -> dict[int, bytes]:
        """The digests of the children of the inner node at `path` that hold keys, sorted by nibble.

        Raises PeerError for a path that is not one of an inner node: paths come from other nodes.
        """
        if len(path) >= self.depth:
            raise PeerError(f"no inner node at {path} in a Merkle tree of depth {self.depth}")
        return dict(sorted(self._settled(partition).inner.get(path, {}).items()))

    def leaf(self, partition: int, path: Path) -> dict[bytes, bytes]:
        """The keys in the leaf at `path` and the digests of their states, sorted by key.

        Raises PeerError for a path that is not one of a leaf.
        """
        if len(path) != self.depth:
            raise PeerError(f"no leaf at {path} in a Merkle tree of depth {self.depth}")
        return dict(sorted(self._settled(partition).leaves.get(path, {}).items()))

    @property
    def partitions(self) -> tuple[int, ...]:
        """The partitions that were ever touched, in increasing order."""
        return tuple(sorted({*self._trees, *self._touched}))  # order-free: sorted

    def keys(self, partition: int) -> tuple[bytes, ...]:
        """The keys of a partition, sorted."""
        return tuple(sorted(self.digests(partition)))

    def digests(self, partition: int) -> dict[bytes, bytes]:
        """The keys of a partition and the digests of their states."""
        leaves = self._settled(partition).leaves.values()
        return {key: digest for bucket in leaves for key, digest in bucket.items()}

    def page(self, partition: int, first: int, limit: int) -> tuple[tuple[tuple[bytes, bytes], ...], int]:
        """Keys and digests of whole leaves from leaf number `first` on, as many as it takes to name `limit` keys, and
        the number of the first leaf with keys after them; -1 where there is none."""
        entries: list[tuple[bytes, bytes]] = []
        leaves = self._settled(partition).leaves
        for path in sorted(leaves):
            number = _number(path)
            if number >= first:
                if len(entries) >= limit:
                    return tuple(entries), number
                entries.extend(sorted(leaves[path].items()))
        return tuple(entries), -1

    def regroup(self, partition_of: Callable[[bytes], int]) -> None:
        """The key space is cut anew: every key goes to the partition that it belongs to now. Strategy 1 has to do
        this at every change of membership (6.2)."""
        regrouped: defaultdict[int, dict[bytes, bytes | None]] = defaultdict(dict)
        for partition in self.partitions:
            for key, digest in self.digests(partition).items():
                regrouped[partition_of(key)][key] = digest
        self._trees = {}
        for partition, digests in regrouped.items():
            self._trees[partition] = tree = _Tree(self.depth)
            tree.enter(digests)

    def drop(self, partition: int) -> None:
        """Forget a partition and all its keys."""
        self._touched.pop(partition, None)
        self._trees.pop(partition, None)

    def _settled(self, partition: int) -> "_Tree":
        """The partition's tree, with every touched key hashed into it."""
        tree = self._trees.get(partition)
        touched = self._touched.pop(partition, None)
        if touched is None:
            return _NO_TREE if tree is None else tree
        if tree is None:
            tree = self._trees[partition] = _Tree(self.depth)
        tree.absorb(touched)
        return tree


class _Tree:
    """One partition's tree. Nodes without keys are not stored."""

    __slots__ = ("depth", "inner", "leaves", "root")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.root = EMPTY_DIGEST
        self.inner: dict[Path, dict[int, bytes]] = {}
        self.leaves: dict[Path, dict[bytes, bytes]] = {}

    def absorb(self, touched: Mapping[bytes, Siblings | None]) -> None:
        """Take over the touched keys; None says that a key is gone."""
        self.enter({key: None if state is None else state.digest for key, state in touched.items()})

    def enter(self, digests: Mapping[bytes, bytes | None]) -> None:
        """Take over digests of keys and hash again the paths above those that changed."""
        dirty: dict[Path, None] = {}
        for key, digest in digests.items():
            path = leaf_path(key, self.depth)
            if self._place(path, key, digest):
                dirty[path] = None
        fresh = {path: _leaf_digest(self.leaves.get(path, {})) for path in dirty}
        for _ in range(self.depth):
            fresh = self._raise(fresh)
        self.root = fresh.get((), self.root)

    def _place(self, path: Path, key: bytes, digest: bytes | None) -> bool:
        """Put one key's digest in its leaf (None removes it) and say whether that changed anything."""
        bucket = self.leaves.get(path, {})
        if bucket.get(key) == digest:
            return False
        if digest is not None:
            self.leaves.setdefault(path, bucket)[key] = digest
            return True
        del bucket[key]
        if not bucket:
            del self.leaves[path]
        return True

    def _raise(self, fresh: Mapping[Path, bytes]) -> dict[Path, bytes]:
        """Enter the new digests of one level in their parents; the parents' new digests."""
        parents: dict[Path, None] = {}
        for path, digest in fresh.items():
            parent = path[:-1]
            parents[parent] = None
            children = self.inner.setdefault(parent, {})
            if digest:
                children[path[-1]] = digest
            else:
                children.pop(path[-1], None)
        digests = {}
        for parent in parents:
            digests[parent] = _inner_digest(self.inner[parent])
            if not self.inner[parent]:
                del self.inner[parent]
        return digests


_NO_TREE = _Tree(1)  # stands for every partition that was never touched; nobody changes it


def leaf_path(key: bytes, depth: int) -> Path:
    """The leaf of a key: the last `depth` nibbles of its md5, which is unrelated to the nibbles of its partition."""
    position = md5(key, usedforsecurity=False).digest()
    tail = int.from_bytes(position[-4:], "big")  # MAX_DEPTH nibbles
    return tuple([(tail >> 4 * level) % FANOUT for level in range(depth)])


def _number(path: Path) -> int:
    """Leaves are numbered in the order of their paths."""
    number = 0
    for nibble in path:
        number = number * FANOUT + nibble
    return number


def _leaf_digest(bucket: Mapping[bytes, bytes]) -> bytes:
    if not bucket:
        return EMPTY_DIGEST
    parts = [b"%d:%b%b" % (len(key), key, digest) for key, digest in sorted(bucket.items())]
    return blake2b(b"".join(parts), digest_size=16, person=b"leaf").digest()


def _inner_digest(children: Mapping[int, bytes]) -> bytes:
    if not children:
        return EMPTY_DIGEST
    parts = [b"%x%b" % (nibble, digest) for nibble, digest in sorted(children.items())]
    return blake2b(b"".join(parts), digest_size=16, person=b"inner").digest()
