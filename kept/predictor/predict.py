"""A prediction: many trials of a put and a get, and what they come to, with how sure that is."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.staleness.confidence import Proportion, Quantile, quantile
from checkers.staleness.latencies import Latencies
from checkers.staleness.partial_quorums import within
from checkers.staleness.wars import Puts, enough
from kept.predictor.config import PredictConfig
from kept.predictor.draws import Draws

Floats = NDArray[np.float64]

BLOCK = 1 << 18
"""Delays of one leg that are drawn at a time."""
VISIBLE = (0.9, 0.99, 0.999, 0.9999)
"""Probabilities for which the time is told."""
PERCENTILES = (0.5, 0.95, 0.99, 0.999)


class LookingBack(NamedTuple):
    """How often a get returns one of the last `k` puts."""

    k: int
    however_late: float
    """In closed form: where a put never reaches more than W replicas, and the get comes whenever it comes."""
    together: tuple[tuple[float, Proportion], ...]
    """At each time t: where all k puts were acknowledged at one moment, t before the get. Puts that came one after the
    other had longer to arrive."""


class Prediction(NamedTuple):
    """What is to be expected of one configuration. Times are milliseconds."""

    config: PredictConfig
    name: str
    """Of the delays."""
    fresh: tuple[tuple[float, Proportion], ...]
    """At each time t: gets that start t after the acknowledgement of the newest put, and return it or something
    newer."""
    visible: tuple[tuple[float, Quantile], ...]
    """Share -> the least t at which so many gets return the newest put."""
    back: tuple[LookingBack, ...]
    get_ms: tuple[tuple[float, Quantile], ...]
    put_ms: tuple[tuple[float, Quantile], ...]

    @property
    def certain(self) -> bool:
        """Whether every quorum of a get meets every quorum of a put, so that no delay matters."""
        return self.config.r + self.config.w > self.config.n


def predict(configs: Sequence[PredictConfig], latencies: Latencies, name: str) -> list[Prediction]:
    """The prediction for each configuration. Equal seeds give equal trials, whatever R and W are."""
    return [_predicted(config, latencies, name) for config in configs]


def _predicted(config: PredictConfig, latencies: Latencies, name: str) -> Prediction:
    count = config.trials
    needed, get_ms, put_ms = np.empty(count), np.empty(count), np.empty(count)
    draws = Draws(latencies, config.n, config.seed)
    for block in _blocks(count, config.n):
        size = block.stop - block.start
        puts, gets = draws.puts(size), draws.gets(size)
        put_ms[block] = puts.acknowledged(config.w)
        get_ms[block] = gets.answered(config.r)
        needed[block] = enough(puts, gets, gets.first(config.r), put_ms[block])
    for times in (needed, get_ms, put_ms):
        times.sort()
    visible = tuple((share, _from_zero(quantile(needed, share))) for share in VISIBLE)
    return Prediction(
        config,
        name,
        tuple((t, _until(needed, t)) for t in config.t),
        visible,
        _looking_back(config, latencies),
        tuple((share, quantile(get_ms, share)) for share in PERCENTILES),
        tuple((share, quantile(put_ms, share)) for share in PERCENTILES),
    )


def _looking_back(config: PredictConfig, latencies: Latencies) -> tuple[LookingBack, ...]:
    """Several puts before one get: it misses all of the last k only where the get is too early for each of them."""
    count, asked = config.looking_back, dict.fromkeys(config.k)
    hits = {k: np.zeros(len(config.t), dtype=np.int64) for k in asked}
    draws = Draws(latencies, config.n, config.seed)
    for block in _blocks(count, config.n):
        size = block.stop - block.start
        gets = draws.gets(size)
        first = gets.first(config.r)
        least = np.full(size, np.inf)
        for k in range(1, max(asked) + 1):
            puts: Puts = draws.puts(size, k)
            least = np.minimum(least, enough(puts, gets, first, puts.acknowledged(config.w)))
            if k in hits:
                hits[k] += [np.count_nonzero(least <= t) for t in config.t]
    return tuple(
        LookingBack(
            k,
            within(config.n, config.r, config.w, k),
            tuple((t, Proportion(int(hit), count)) for t, hit in zip(config.t, hits[k], strict=True)) if count else (),
        )
        for k in asked
    )


def _blocks(count: int, n: int) -> Iterable[slice]:
    size = max(1, BLOCK // n)
    return (slice(at, min(at + size, count)) for at in range(0, count, size))


def _until(ascending: Floats, t: float) -> Proportion:
    return Proportion(int(np.searchsorted(ascending, t, "right")), len(ascending))


def _from_zero(found: Quantile) -> Quantile:
    """No get starts before the acknowledgement."""
    return Quantile(*(None if value is None else max(value, 0.0) for value in found))  # type: ignore[arg-type]
