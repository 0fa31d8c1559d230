"""Where the trials' numbers come from: seeded, named streams, of which each gives the same numbers on every machine.

Raw numbers of PCG64 are used, for numpy promises their stream and no other (NEP 19). Every delay has a stream of its
own, so the same trials are asked about every R and W, and a trial does not depend on how many are drawn at a time.
"""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from checkers.staleness.latencies import Distribution, Latencies, Legs
from checkers.staleness.wars import Gets, Puts

Floats = NDArray[np.float64]


class Stream:
    """Numbers drawn evenly from the open interval (0, 1)."""

    def __init__(self, seed: int, name: str) -> None:
        self._bits = np.random.PCG64(int.from_bytes(sha256(f"kept/predict/{seed}/{name}".encode()).digest()[:16]))

    def even(self, rows: int, columns: int) -> Floats:
        raw = self._bits.random_raw(rows * columns)
        numbers: Floats = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54
        return numbers.reshape(rows, columns)


class Draws:
    """Puts and gets of `n` replicas, as many at a time as are asked for."""

    def __init__(self, latencies: Latencies, n: int, seed: int) -> None:
        self.latencies, self.n, self.seed = latencies, n, seed
        self._streams: dict[str, Stream] = {}

    def puts(self, count: int, turn: int = 1) -> Puts:
        """The next `count` puts; those of another `turn` are independent of them."""
        beside = self._beside(f"put {turn}", count) if self.latencies.near is not None else None
        w, a = self._leg(f"W {turn}", 0, count, beside), self._leg(f"A {turn}", 1, count, beside)
        return Puts(w, a)

    def gets(self, count: int) -> Gets:
        beside = self._beside("get", count) if self.latencies.near is not None else None
        return Gets(self._leg("R", 2, count, beside), self._leg("S", 3, count, beside))

    def _beside(self, name: str, count: int) -> NDArray[np.bool_]:
        """Which replica the coordinator of each is beside."""
        chosen = (self._stream(f"near {name}").even(count, 1) * self.n).astype(np.int64)
        return np.asarray(np.arange(self.n) == chosen)

    def _leg(self, name: str, leg: int, count: int, beside: NDArray[np.bool_] | None) -> Floats:
        even = self._stream(name).even(count, self.n)
        far: Distribution = self.latencies.legs[leg]
        if beside is None:
            return far.at(even)
        near: Legs | None = self.latencies.near
        assert near is not None, "somebody is beside it"
        return np.where(beside, near[leg].at(even), far.at(even))

    def _stream(self, name: str) -> Stream:
        if name not in self._streams:
            self._streams[name] = Stream(self.seed, name)
        return self._streams[name]
