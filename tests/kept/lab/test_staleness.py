"""kept.lab.staleness: who had the version, who answered without it, and what kept them apart; with a golden file."""

from collections.abc import Callable
from textwrap import fill
from typing import Any

from checkers.facts import ReadMissed
from kept.lab.facts import HeldBack
from kept.lab.staleness import facts_of, headline, paragraph
from kept.sim.faults import CRASH, LOSS, PARTITION, PAUSE, Fault

DOT = ("n4.0:0", 1)
MS = 1_000


def stale(scene: type[Any], faults: tuple[Fault, ...]) -> tuple[ReadMissed, tuple[Any, ...]]:
    """A sloppy put at two fallbacks, and a get that the owners answer once they can be reached again."""
    s = scene("n1", "n2", "n3", "n4", "n5")
    milk = s.state(s.version(DOT, "milk"))
    s.put(10 * MS, "n4", DOT, milk, "milk", 3, 9 * MS, 12 * MS, {("n5", "n2"): 11 * MS})
    s.get("n1", {"n1": s.nothing, "n2": s.nothing}, {}, 5, 30 * MS, 32 * MS)
    put, get = s.operations
    missed = ReadMissed(get, put)
    return missed, facts_of(missed, s.watch, faults)


def test_a_sloppy_quorum_and_the_partition_behind_it(scene: type[Any], golden: Callable[[str, str], None]) -> None:
    faults = (
        Fault(PARTITION, 5 * MS, 20 * MS, (), (("n1", "n4"), ("n1", "n5"), ("n3", "n4"), ("n4", "n1"), ("n5", "n1"))),
        Fault(CRASH, 6 * MS, 10 * MS, ("n2", "n3")),
        Fault(LOSS, 7 * MS, 10 * MS, (), (), 0.1),
    )
    missed, facts = stale(scene, faults)
    told = "".join(f"{type(fact).__name__}: {fact.sentence()}\n" for fact in facts)
    golden("stale-read", f"{fill(headline(missed), 100)}\n\n{fill(paragraph(facts), 100)}\n\n{told}")


def test_only_faults_of_that_time_that_hit_those_nodes_are_named(scene: type[Any]) -> None:
    faults = (
        Fault(PAUSE, 1 * MS, 2 * MS, ("n1",)),  # over before the put began
        Fault(PAUSE, 40 * MS, 2 * MS, ("n1",)),  # after the get
        Fault(PAUSE, 10 * MS, 2 * MS, ("n3",)),  # of a node that was not asked
        Fault(PARTITION, 10 * MS, 2 * MS, (), (("n1", "n3"),)),  # from a node that did not have it
    )
    _, facts = stale(scene, faults)
    assert not [fact for fact in facts if isinstance(fact, HeldBack)]
    assert "Meanwhile" not in paragraph(facts)
