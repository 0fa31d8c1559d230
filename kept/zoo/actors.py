"""Actors whose names do not name one history: counters that start again, names that two nodes share."""

from collections.abc import Callable
from typing import Any

from dynamo.core.actors import BIRTHS, Actors
from dynamo.core.effects import META, Change
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY, STOPPED
from kept.zoo.versions import TrustingVectors

_FEW_KEYS = {"workload": "blind", "keys": 8}


class ReusedActor(Actors):
    """One actor per disk and key for ever: no birth number, so a forgotten record starts its counter again."""

    def give(self, key: bytes, then: Callable[..., None], *args: Any, standing_in: bool = False) -> None:
        then(f"{self.host.incarnation}:{key.hex()}", (), *args)


class UndyingActor(Actors):
    """The actor of an owned key survives its record, which only reaping takes away."""

    def forget(self, key: bytes, standing_in: bool = False) -> tuple[Change, ...]:
        return super().forget(key, standing_in) if standing_in else ()


class SharedIdentity(Actors):
    """The identity is the time of the first start, and nodes that start in the same tick get the same one."""

    def lease(self) -> Change:
        self.host.incarnation = "started-at-0"
        return super().lease()

    def give(self, key: bytes, then: Callable[..., None], *args: Any, standing_in: bool = False) -> None:
        then(f"{self.host.incarnation}:{key.hex()}", (), *args)


class VolatileCounter(Actors):
    """Counters of a boot go on from what the disk holds, though a crash may have taken dots that were given."""

    def boot(self, meta: dict[bytes, bytes]) -> None:
        super().boot(meta)
        self.floor = 0


class VolatileLease(VolatileCounter):
    """Births are used before the lease that reserves them is durable: a crash gives them out again."""

    def lease(self) -> Change:
        super().lease()
        return Change(META, BIRTHS, b"%d" % self.next_birth)


BUGS = (
    Bug(
        name="actor-reuse",
        row=1,
        title="an actor whose record was forgotten starts counting again",
        mechanism=(
            "A fallback coordinates a put, hands its hint off and forgets the record. Its next put to the key has the "
            "same actor and counts from the start again: replicas that have seen the dot drop the new value."
        ),
        breaks=("unique-dots", "no-lost-write"),
        seed=replacing(actors=ReusedActor, versioning=TrustingVectors()),
        overrides={**_FEW_KEYS, "nodes": 6, "n": 2, "w": 1, "r": 1, "faults": (kinds.PARTITION,), "fault_gap_ms": 400},
        source="riak_kv#679, PR#1094; riak_test kv679_dataloss",
    ),
    Bug(
        name="doomstone",
        row=2,
        title="a counter starts again after its tombstone was reaped",
        mechanism=(
            "Put, delete, reap, put again: the owner's actor outlived the record and counts from the start, so the "
            "dots are given twice, and whatever still remembers the first ones dooms the new value."
        ),
        breaks=("unique-dots", "no-false-sibling", "no-resurrection"),
        seed=replacing(actors=UndyingActor, versioning=TrustingVectors()),
        overrides={
            "workload": "delete",
            "keys": 40,
            "clients": 3,
            "think_ms": 300,
            "faults": ORDINARY,
            "fault_gap_ms": 5_000,
        },
        source="riak_test kv679_tombstone, kv679_tombstone2; riak_kv#847, #226",
    ),
    Bug(
        name="shared-identity",
        row=4,
        title="two nodes use the same actor",
        mechanism=(
            "The identity of a node is the tick in which it first started. Owners of one key that started together "
            "name different values with the same dots, and each drops what the other has written."
        ),
        breaks=("unique-dots", "no-lost-write"),
        seed=replacing(actors=SharedIdentity, versioning=TrustingVectors()),
        overrides={**_FEW_KEYS, "faults": ORDINARY},
        source="riak_kv#1865; riak_test kv679_uid",
    ),
    Bug(
        name="volatile-counter",
        row=5,
        title="a crash takes a counter that was in use",
        mechanism=(
            "A put is named, and the crash strikes before that is on the disk. The next boot goes on from what the "
            "disk knows and gives the same dot to another value."
        ),
        breaks=("unique-dots",),
        seed=replacing(actors=VolatileCounter, versioning=TrustingVectors()),
        overrides={
            "workload": "blind",
            "keys": 3,
            "faults": (*STOPPED, kinds.SLOW_DISK),
            "fault_gap_ms": 200,
        },
        source="riak_kv_vnode counter_lease",
    ),
    Bug(
        name="volatile-lease",
        row=5,
        title="actors are born under a lease that no disk knows",
        mechanism=(
            "Births are handed out above the number that is durable. After a crash they are handed out again, to "
            "other keys, and one dot names two values."
        ),
        breaks=("unique-dots",),
        seed=replacing(actors=VolatileLease, versioning=TrustingVectors()),
        overrides={"faults": STOPPED},
        source="riak_kv_vnode counter_lease (a lease of 10,000, written before it is used)",
    ),
)
