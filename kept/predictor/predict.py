"""A prediction: many trials of a put and a get, and what they come to, with how sure that is."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.staleness.confidence import Proportion, Quantile, quantile
from checkers.staleness.latencies import Latencies
from checkers.staleness.partial_quorums import monotonic, within
from checkers.staleness.wars import enough
from kept.predictor.config import PredictConfig
from kept.predictor.draws import Draws

Floats = NDArray[np.float64]

BLOCK = 1 << 18
"""Delays of one leg that are drawn at a time."""
NUMBERS = 1 << 26
"""Results of trials that are held at a time, for all configurations together: half a gigabyte."""
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
    def monotonic(self) -> float | None:
        """In closed form: how likely a read of a client is no older than its last one, however late puts arrive; None
        where it was not asked for."""
        config = self.config
        if config.writes_per_read is None:
            return None
        return monotonic(config.n, config.r, config.w, config.writes_per_read)

    @property
    def certain(self) -> bool:
        """Whether every quorum of a get meets every quorum of a put, so that no delay matters."""
        return self.config.r + self.config.w > self.config.n


def predict(configs: Sequence[PredictConfig], latencies: Latencies, name: str) -> list[Prediction]:
    """The prediction for each configuration. Equal seeds give equal trials, whatever R and W are; so configurations
    that differ in these alone are asked about the same trials, which are drawn once."""
    found: list[Prediction] = []
    for _, group in groupby(configs, lambda config: config.model_copy(update={"r": 1, "w": 1})):
        alike = list(group)
        at_once = max(1, NUMBERS // (3 * alike[0].trials))
        for at in range(0, len(alike), at_once):
            found += _predicted(alike[at : at + at_once], latencies, name)
    return found


def _predicted(configs: Sequence[PredictConfig], latencies: Latencies, name: str) -> list[Prediction]:
    """The predictions for configurations that differ in R and W alone."""
    n, count = configs[0].n, configs[0].trials
    put_ms = {config.w: np.empty(count) for config in configs}
    get_ms = {config.r: np.empty(count) for config in configs}
    needed = [np.empty(count) for _ in configs]
    draws = Draws(latencies, n, configs[0].seed)
    for block in _blocks(count, n):
        size = block.stop - block.start
        puts, gets = draws.puts(size), draws.gets(size)
        first = {r: gets.first(r) for r in get_ms}
        for w, times in put_ms.items():
            times[block] = puts.acknowledged(w)
        for r, times in get_ms.items():
            times[block] = gets.answered(r)
        for config, times in zip(configs, needed, strict=True):
            times[block] = enough(puts, gets, first[config.r], put_ms[config.w][block])
    for times in (*put_ms.values(), *get_ms.values(), *needed):
        times.sort()
    back = _looking_back(configs, latencies)
    return [
        Prediction(
            config,
            name,
            tuple((t, _until(times, t)) for t in config.t),
            tuple((share, _from_zero(quantile(times, share))) for share in VISIBLE),
            back[at],
            tuple((share, quantile(get_ms[config.r], share)) for share in PERCENTILES),
            tuple((share, quantile(put_ms[config.w], share)) for share in PERCENTILES),
        )
        for at, (config, times) in enumerate(zip(configs, needed, strict=True))
    ]


def _looking_back(configs: Sequence[PredictConfig], latencies: Latencies) -> list[tuple[LookingBack, ...]]:
    """Several puts before one get: it misses all of the last k only where the get is too early for each of them."""
    n, count, t = configs[0].n, configs[0].looking_back, configs[0].t
    asked = dict.fromkeys(configs[0].k)
    hits = [{k: np.zeros(len(t), dtype=np.int64) for k in asked} for _ in configs]
    draws = Draws(latencies, n, configs[0].seed)
    for block in _blocks(count, n):
        size = block.stop - block.start
        gets = draws.gets(size)
        first = {config.r: gets.first(config.r) for config in configs}
        least = [np.full(size, np.inf) for _ in configs]
        for k in range(1, max(asked) + 1):
            puts = draws.puts(size, k)
            for at, config in enumerate(configs):
                late = enough(puts, gets, first[config.r], puts.acknowledged(config.w))
                np.minimum(least[at], late, out=least[at])
                if k in asked:
                    hits[at][k] += [np.count_nonzero(least[at] <= one) for one in t]
    return [
        tuple(
            LookingBack(
                k,
                within(n, config.r, config.w, k),
                tuple((one, Proportion(int(hit), count)) for one, hit in zip(t, hit_by_k[k], strict=True))
                if count
                else (),
            )
            for k in asked
        )
        for config, hit_by_k in zip(configs, hits, strict=True)
    ]


def _blocks(count: int, n: int) -> Iterable[slice]:
    size = max(1, BLOCK // n)
    return (slice(at, min(at + size, count)) for at in range(0, count, size))


def _until(ascending: Floats, t: float) -> Proportion:
    return Proportion(int(np.searchsorted(ascending, t, "right")), len(ascending))


def _from_zero(found: Quantile) -> Quantile:
    """No get starts before the acknowledgement."""
    return Quantile(*(None if value is None else max(value, 0.0) for value in found))  # type: ignore[arg-type]
