"""Plans that meet other plans: replaced, taken over, released; and rings that meet other rings."""

from itertools import permutations

import pytest

from dynamo.core.messages import Announce, LetIn
from tests.dynamo.core.cluster import Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin, names, refused

# Superseding and taking over


def test_whoever_holds_up_a_change_can_be_removed_by_its_driver() -> None:
    """An undecided plan is replaced by one of a later round."""
    cluster = Cluster("abcde", outsiders="x", partitions=10)
    old = begin(cluster, "a", "join", "x")
    cluster.crash("e")
    assert cluster.operate("a", "remove", "e").status == "ok"
    plan = cluster.table("a").plan
    assert plan is not None
    assert (plan.round, plan.gone, plan.released) == (2, ("e",), (old,))
    assert cluster.marked("a", "change superseded") == 1
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcd")}


def test_a_driver_that_died_is_removed_by_another_member() -> None:
    cluster = Cluster("abcde", outsiders="x", partitions=10)
    begin(cluster, "e", "join", "x")
    cluster.tend()
    cluster.crash("e")
    assert cluster.operate("a", "remove", "e").status == "ok"
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcd")}


def test_the_dead_of_a_plan_stay_dead_in_the_plan_that_replaces_it() -> None:
    cluster = Cluster("abcde", partitions=10)
    cluster.crash("e")
    begin(cluster, "a", "remove", "e")
    cluster.crash("d")
    assert cluster.operate("a", "remove", "d").status == "ok"
    plan = cluster.table("a").plan
    assert plan is not None
    assert plan.gone == ("d", "e")
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abce")}, "who was to be removed first is a member still, and is removed again"
    assert cluster.operate("a", "remove", "e").status == "ok"
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abc")}


@pytest.mark.parametrize("phase", ["flip", "close"])
@pytest.mark.parametrize("dead", ["a", "e"])
def test_a_decided_change_goes_on_without_a_dead_member_or_a_dead_driver(phase: str, dead: str) -> None:
    cluster = Cluster("abcde", outsiders="x", partitions=10)
    begin(cluster, "a", "join", "x")
    cluster.reach("b", phase)
    cluster.crash(dead)
    answer = cluster.operate("b", "remove", dead)
    assert (answer.status, answer.reason) == (
        "ok",
        f"join x goes on without {dead}; when it is done, remove {dead} again",
    )
    assert cluster.marked("b", "change taken over") == 1
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdex")}
    assert cluster.operate("b", "remove", dead).status == "ok"
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple(name for name in "abcdex" if name != dead)}


def test_a_decided_change_is_not_replaced_by_another_one() -> None:
    cluster = Cluster("abcde", outsiders="xy", partitions=10)
    begin(cluster, "a", "join", "x")
    cluster.reach("b", "flip")
    line = "a change is under way: join x, driven by a, phase flip"
    for name in "ab":
        assert refused(cluster, name, "replace", "d", "y") == line
        assert refused(cluster, name, "remove", "z") == line
        assert refused(cluster, name, "join", "y") == line


def test_a_plan_that_two_members_take_over_at_once_is_driven_to_its_end_by_one_of_them() -> None:
    """Both had the same rank once, and each waited for the other for ever."""
    cluster = Cluster("abcdef", partitions=6)
    begin(cluster, "a", "leave", "f")
    cluster.reach("b", "flip")
    cluster.crash("a")
    cluster.crash("e")
    assert cluster.operate("b", "remove", "a").status == "ok"
    assert cluster.operate("c", "remove", "e").status == "ok"
    cluster.run(SETTLED_US)
    assert len({cluster.table(name) for name in "bcdf"}) == 1
    for name in "bc":  # the one that lost is told again
        for dead in "ae":
            cluster.operate(name, "remove", dead)
    cluster.run(SETTLED_US)
    assert cluster.table("b").epoch >= 2


# Rivals


def test_of_two_plans_made_at_once_the_greater_name_wins_and_the_other_ones_driver_lets_go() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    first = cluster.operate("a", "join", "x").plan_id
    second = cluster.operate("b", "join", "y").plan_id
    assert first < second
    cluster.settle()
    plan = cluster.table("a").plan
    assert plan is not None
    assert plan.id == second
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdy")}
    assert not cluster.nodes["x"].participant.inside


def bound_to_the_weaker_plan() -> tuple[Cluster, str, str]:
    """`c` has reported for a's plan, and b makes a greater one of which `a` knows nothing yet."""
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    cluster.cut = of(to="b")
    first = begin(cluster, "a", "join", "x")
    cluster.tend("c")
    assert cluster.nodes["c"].participant.endorsed == first
    cluster.cut = of(to="a")
    second = begin(cluster, "b", "join", "y")
    assert first < second
    return cluster, first, second


def test_whoever_has_promised_takes_up_no_rival_and_tells_its_driver() -> None:
    cluster, first, second = bound_to_the_weaker_plan()
    assert [(cluster.table(name).plan or ("",))[0] for name in "abcd"] == [first, second, first, second]
    assert cluster.marked("c", "plan held back by a promise") >= 1
    assert cluster.marked("b", "rival plan met") >= 1
    assert cluster.nodes["b"].steward.rivals == {first: "a"}
    for _ in range(5):
        cluster.tend("b", "c", "d")
    assert cluster.phase("b") == "prepare"


def test_a_promise_ends_when_the_first_plans_driver_follows_the_second() -> None:
    cluster, first, second = bound_to_the_weaker_plan()
    cluster.cut = lambda _packet: False
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdy")}
    assert cluster.marked("b", "rival plan released") == 1
    assert first < second
    assert cluster.nodes["b"].steward.rivals == {}


def test_a_plan_is_not_decided_while_somebody_may_be_bound_to_a_rival() -> None:
    """Everybody has reported for it; but the rival's driver has not let go."""
    cluster, first, _ = bound_to_the_weaker_plan()
    cluster.cut = lambda _packet: False
    steward = cluster.nodes["b"].steward
    steward._release = lambda _table, _plan: None  # type: ignore[method-assign, assignment]
    for _ in range(10):
        cluster.tend()
    assert cluster.phase("b") == "prepare"
    del steward._release
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdy")}
    assert first


def test_a_rival_whose_driver_is_declared_dead_is_released_without_it() -> None:
    cluster, _, _ = bound_to_the_weaker_plan()
    cluster.crash("a")
    assert cluster.operate("b", "remove", "a").status == "ok"
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("bcd")}


def test_a_rivals_announcement_that_comes_when_the_plan_is_decided_does_not_hold_it_up() -> None:
    """Everybody has reported for it by then, the rival's driver too. (Once it waited for a release that could not come
    any more.)"""
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    cluster.operate("a", "join", "x")
    cluster.sync("a")
    late = cluster.take(of(Announce, sender="a", to="b"))
    assert late
    begin(cluster, "b", "join", "y")
    cluster.reach("b", "flip")
    cluster.hand_in(*late)
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdy")}


def test_the_same_announcement_before_that_is_released_at_once() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    cluster.operate("a", "join", "x")
    cluster.sync("a")
    late = cluster.take(of(Announce, sender="a", to="b"))
    begin(cluster, "b", "join", "y")
    cluster.reach("b", "transfer")
    cluster.hand_in(*late)
    assert cluster.marked("b", "rival plan released") == 1
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdy")}


@pytest.mark.parametrize("action", ["a plan of its own", "a plan that it takes over"])
def test_a_rival_of_an_earlier_epoch_holds_up_nothing(action: str) -> None:
    """Its plan was taken over and ended by another member, so it still knows of the rival. (Once its next plan waited
    for that one to be released, for ever.)"""
    cluster = Cluster("abcde", outsiders="xy", partitions=10)
    cluster.operate("a", "join", "x")
    cluster.sync("a")
    late = cluster.take(of(Announce, sender="a", to="b"))
    begin(cluster, "b", "join", "y")
    cluster.tend()
    cluster.hand_in(*late)
    assert "a.1.1" in cluster.nodes["b"].steward.rivals
    cluster.reach("c", "flip")
    cluster.crash("a")
    assert cluster.operate("c", "remove", "a").status == "ok"
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdey")}
    begin(cluster, "c", "remove", "a")
    cluster.run(SETTLED_US)
    assert "a.1.1" in cluster.nodes["b"].steward.rivals
    if action == "a plan of its own":
        begin(cluster, "b", "leave", "e")
    else:
        begin(cluster, "c", "leave", "e")
        cluster.reach("b", "flip")
        cluster.crash("c")
        assert cluster.operate("b", "remove", "c").status == "ok"
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("bcdy")}


def test_a_late_announcement_of_an_earlier_epoch_is_no_rival() -> None:
    """Its driver has left: nobody would ever release it."""
    cluster = Cluster("abcde", outsiders="xy", partitions=10)
    cluster.operate("e", "join", "x")
    cluster.sync("e")
    late = cluster.take(of(Announce, sender="e", to="b"))
    assert late
    assert cluster.operate("e", "abort").status == "ok"
    cluster.run(SETTLED_US)
    begin(cluster, "a", "leave", "e")
    cluster.run(SETTLED_US)
    begin(cluster, "b", "join", "y")
    cluster.hand_in(*late)
    assert cluster.nodes["b"].steward.rivals == {}
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdy")}


@pytest.mark.parametrize("order", range(24))
def test_two_operators_at_once_never_split_the_ring_whoever_hears_what_first(order: int) -> None:
    """Every order in which the four members hear of the two plans; one change happens, and all know its epoch."""
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    cluster.operate("a", "join", "x")
    cluster.operate("b", "leave", "d")
    cluster.sync()
    for name in list(permutations("abcd"))[order]:
        cluster.hand_in(*cluster.take(of(Announce, to=name)))
        cluster.tend(name)
    cluster.run(SETTLED_US)
    (members,) = names(cluster)
    assert members in (tuple("abcdx"), tuple("abc"))
    assert {cluster.table(name).epoch for name in members} == {2}


# Rings that give way


def test_whoever_wants_to_come_over_joins_with_all_others_who_want_to_in_one_change() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    for name, weight in (("y", 1.0), ("x", 2.0)):
        cluster.hand_in(Packet(name, "a", LetIn(name, weight, "", f"rack {name}", "")))
    cluster.tend("a")
    plan = cluster.table("a").plan
    assert plan is not None
    assert plan.what == "let in x, y"
    assert cluster.marked("a", "nodes of another ring let in") == 1
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdxy")}
    x = cluster.table("a").member("x")
    assert x is not None
    assert (x.weight, x.rack, x.since) == (2.0, "rack x", 2)


def test_a_wish_waits_while_another_change_is_under_way() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    begin(cluster, "a", "join", "y")
    cluster.hand_in(Packet("x", "a", LetIn("x", 1.0, "", "", "")))
    cluster.run(2 * SETTLED_US)
    assert names(cluster) == {tuple("abcdxy")}
    assert cluster.table("a").epoch == 3


def test_a_wish_of_a_member_or_at_a_node_in_no_ring_or_that_cannot_be_granted_is_no_reason_to_change() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    cluster.hand_in(Packet("b", "a", LetIn("b", 1.0, "", "", "")))
    cluster.hand_in(Packet("y", "x", LetIn("y", 1.0, "", "", "")))
    cluster.hand_in(Packet("y", "a", LetIn("y", -1.0, "", "", "")))
    cluster.hand_in(Packet("y", "a", LetIn("a\0b", 1.0, "", "", "")))
    cluster.tend()
    assert {cluster.phase(name) for name in "abcdxy"} == {""}
    assert cluster.nodes["a"].steward.wishes == {}


def test_a_wish_that_another_member_has_granted_meanwhile_is_forgotten() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    cluster.hand_in(Packet("x", "a", LetIn("x", 1.0, "", "", "")))
    begin(cluster, "b", "join", "x")
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdx")}
    assert cluster.table("a").epoch == 2
    assert cluster.nodes["a"].steward.wishes == {}
