"""The census: the newest table that anybody in a ring has."""

from types import SimpleNamespace
from typing import Any

from dynamo.core.membership import FLIP, Plan, Table, founded
from dynamo.core.preference import Member
from kept.sim.census import newest

MEMBERS = tuple(Member(f"n{at}", (at,)) for at in range(1, 4))
FOUNDED = founded(MEMBERS)


def world(*tables: Table | None, outside: tuple[int, ...] = ()) -> Any:
    """A world of nodes with these tables; None is a machine whose process is dead."""
    machines = {}
    for at, table in enumerate(tables, 1):
        participant = SimpleNamespace(table=table, inside=at not in outside)
        node = SimpleNamespace(participant=participant) if table is not None else None
        machines[f"n{at}"] = SimpleNamespace(node=node)
    return SimpleNamespace(machines=machines)


def test_where_nobody_is_in_a_ring_there_is_no_table() -> None:
    assert newest(world()) is None
    assert newest(world(None, None)) is None
    assert newest(world(FOUNDED, FOUNDED, outside=(1, 2))) is None


def test_the_newest_of_the_tables_counts_wherever_it_is() -> None:
    planned = FOUNDED._replace(plan=Plan("n1.1.1", "n1", "", MEMBERS))
    decided = FOUNDED._replace(plan=Plan("n1.1.1", "n1", "", MEMBERS, phase=FLIP))
    later = FOUNDED._replace(epoch=2)
    assert newest(world(FOUNDED, planned, FOUNDED)) == planned
    assert newest(world(decided, planned, None)) == decided
    assert newest(world(decided, planned, later)) == later


def test_whoever_is_dead_or_outside_is_not_asked() -> None:
    later = FOUNDED._replace(epoch=2)
    assert newest(world(FOUNDED, later, outside=(2,))) == FOUNDED
    assert newest(world(FOUNDED, None)) == FOUNDED


def test_of_several_rings_the_one_that_somebody_is_or_was_in_counts() -> None:
    """Names of other rings say nothing about the age of a table."""
    other = founded([Member("x", (0,))])._replace(epoch=9)
    both = world(FOUNDED, other, FOUNDED._replace(epoch=2))
    assert newest(both, "n2") == FOUNDED._replace(epoch=2)
    assert newest(both, "x") == other
    assert newest(both, "nobody") == other
    joining = FOUNDED._replace(epoch=3, plan=Plan("n1.1.1", "n1", "", (*MEMBERS, Member("y", ()))))
    assert newest(world(other, joining), "y") == joining


def test_a_ring_that_knows_that_somebody_has_left_is_newer_than_one_that_does_not() -> None:
    left = FOUNDED._replace(epoch=2, members=MEMBERS[:2])
    assert newest(world(FOUNDED, left), "n3") == left
