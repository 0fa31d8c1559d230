"""`python3 dev.py bench staleness`: what measuring and predicting cost, and the prediction beside the store itself.

The store runs in the simulated world with delays that are known: the network's are drawn evenly between two bounds,
those of the disk from the two ranges of `kept.sim.syncs`. So the same delays can be drawn for WARS, as this store
spends them: a put is durable at its coordinator, which is one of the replicas, before it is sent to the others; a
replica acknowledges once its copy is durable, but a get that comes before waits for that, so a copy is visible as soon
as it arrives; the coordinator of a get is a replica too, and answers itself at once; and a client is a short hop away
from either, so it hears of the acknowledgement later, and its get arrives later than it starts.
"""

import time
from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.busy_histories import busy
from benchmarks.check import _stale
from checkers.staleness import contexts, registers
from checkers.staleness.wars import Gets, Puts, enough
from dynamo.core.messages import Request, Response
from histories.run import RecordedRun
from kept.lab.config import RunConfig
from kept.lab.run import recorded
from kept.lab.trial import prepare
from kept.predictor.config import configured
from kept.predictor.draws import Stream
from kept.predictor.predict import predict
from kept.predictor.presets import PRESETS
from kept.sim.syncs import SLOW_SYNC_CHANCE, SLOW_SYNC_US, SYNC_US

Floats = NDArray[np.float64]
N = 3
TRIALS = 200_000
NETWORK_US = (1_000, 25_000)
"""One way, so that there is something to see: ages of reads are of this size."""
HOP_US = 200
"""Between a client and whatever node it asks."""
EDGES_US = (0, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 50_000, 1 << 62)
TOLD_US = 30_000


class Compared(NamedTuple):
    """Gets whose newest put was acknowledged so long before."""

    since_us: int
    reads: int
    measured: float
    predicted: float
    """The mean of the predictions for each of these gets."""


def run_of(r: int, w: int, seed: int, ops: int, keys: int = 40, overtaking: bool = True) -> RecordedRun:
    """A run without faults and without repair. With few keys puts follow each other closely; without overtaking a
    message waits for those that were sent before it on the same link."""
    config = RunConfig(
        seed=seed, nodes=N, n=N, r=r, w=w, sloppy=False, faults=(), read_repair="off", anti_entropy=False,
        workload="register", clients=6, ops=ops, keys=keys, skew=0.0, think_ms=10,
    )  # fmt: skip
    lab = prepare(config)
    world = lab.world
    world.network.low_us, world.network.span_us = NETWORK_US[0], NETWORK_US[1] - NETWORK_US[0]
    world.network.weather.reorder = overtaking

    def ask(client: str, node: str, request: Request) -> None:
        world.at(world.now_us + HOP_US, node, world.machines[node].asked, client, request)

    def reply(node: str, client: str, response: Response) -> None:
        world.at(world.now_us + HOP_US, client, world.clients[client], response, None)

    world.ask, world.reply = ask, reply  # type: ignore[method-assign]  # clients are near, replicas far apart
    return recorded(lab.execute(), None)


def needed_us(r: int, w: int, seed: int = 1) -> Floats:
    """For each trial how long after the client heard of the put it must begin its get; ascending."""

    def even(name: str, columns: int = N) -> Floats:
        return Stream(seed, name).even(TRIALS, columns)

    def network(name: str) -> Floats:
        return NETWORK_US[0] + even(name) * (NETWORK_US[1] - NETWORK_US[0])

    slow = even("which sync") < SLOW_SYNC_CHANCE
    low, high = (np.where(slow, SLOW_SYNC_US[at], SYNC_US[at]) for at in (0, 1))
    sync = low + even("sync") * (high - low)
    beside_put, beside_get = ((even(name, 1) * N).astype(np.int64) == np.arange(N) for name in ("put", "get"))
    puts = Puts(np.where(beside_put, 0.0, network("W")), np.where(beside_put, 0.0, sync + network("A")))
    gets = Gets(np.where(beside_get, 0.0, network("R")), np.where(beside_get, 0.0, network("S")))
    return np.sort(enough(puts, gets, gets.first(r), puts.acknowledged(w)) - 2 * HOP_US)


def compared(r: int, w: int, seeds: range, ops: int = 4_000, keys: int = 40, overtaking: bool = True) -> list[Compared]:
    """The store's own gets beside the prediction for each of them, by the age of the newest put."""
    needed = needed_us(r, w)
    samples = [contexts.sample(run_of(r, w, seed, ops, keys, overtaking))[0] for seed in seeds]
    age = np.concatenate([one.age for one in samples])
    fresh = np.concatenate([one.missed for one in samples]) == 0
    expected = np.searchsorted(needed, age, "right") / len(needed)
    at = np.searchsorted(EDGES_US, age, "right") - 1
    return [
        Compared(EDGES_US[bucket], int(mine.sum()), float(fresh[mine].mean()), float(expected[mine].mean()))
        for bucket in np.unique(at).tolist()
        for mine in [at == bucket]
    ]


def staleness() -> None:
    """Costs, then the comparison."""
    plain = busy(1_000_000, 20, 100)
    for name, history in (("1 M operations, none stale", plain), ("the same with one stale read", _stale(plain))):
        _cost(name, lambda history=history: registers.staleness(history))  # type: ignore[misc]
    for name, preset in PRESETS.items():
        config = configured({"n": 3, "r": 1, "w": 1})
        _cost(f"predict {name}, 1,000,000 trials", lambda p=preset, c=config: predict([c], p.latencies, ""))  # type: ignore[misc]
    for r, w in ((1, 1), (1, 2), (2, 1), (2, 2)):
        _beside(f"N={N} R={r} W={w}", compared(r, w, range(10)))
    _beside("N=3 R=1 W=1, 12 keys: puts meet", compared(1, 1, range(5), keys=12))
    _beside("N=3 R=1 W=1, 12 keys, ordered links", compared(1, 1, range(5), keys=12, overtaking=False))


def _beside(title: str, rows: list[Compared]) -> None:
    print(f"\n  {title}: age of the newest put from (ms), gets, measured and predicted freshness")
    for one in rows:
        difference = one.measured - one.predicted
        print(
            f"    {one.since_us / 1000:6.0f} {one.reads:7,} {one.measured:8.2%} {one.predicted:8.2%} {difference:+8.2%}"
        )
    print(f"    root mean square of the differences {rmse(rows):.2%}, of the gets until {TOLD_US / 1000:.0f} ms")


def rmse(rows: list[Compared]) -> float:
    """How far measured and predicted shares are apart, weighted by gets, where something can be stale."""
    told = [one for one in rows if one.since_us < TOLD_US]
    return sqrt(sum(one.reads * (one.measured - one.predicted) ** 2 for one in told) / sum(one.reads for one in told))


def _cost(name: str, work: Callable[[], object]) -> None:
    spent_s = []
    for _ in range(3):
        begun_s = time.process_time()
        work()
        spent_s.append(time.process_time() - begun_s)
    print(f"  {name:40} {min(spent_s):6.2f} CPU s")
