"""The steward: what an operator asks for goes through four phases, or is refused in one line."""

import pytest

from dynamo.core.effects import Received
from dynamo.core.membership import encode_table
from dynamo.core.messages import OK, Announce, Progress
from dynamo.core.steward import ACTIONS
from tests.dynamo.core.cluster import Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin, joining, names, refused

# The phases


def test_a_change_goes_through_its_four_phases_and_ends_in_a_new_epoch() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    seen = [cluster.phase("a")]
    while cluster.phase("a"):
        cluster.tend()
        if cluster.phase("a") != seen[-1]:
            seen.append(cluster.phase("a"))
    assert seen == ["prepare", "transfer", "flip", "close", ""]
    assert names(cluster) == {tuple("abcdx")}
    assert {cluster.table(name).epoch for name in "abcdx"} == {2}
    assert cluster.marked("a", "membership phase done") == 4
    assert cluster.marked("a", "membership changed") == 1


@pytest.mark.parametrize("silent", list("abcdx"))
@pytest.mark.parametrize("phase", ["prepare", "transfer", "flip", "close"])
def test_no_phase_ends_before_every_participant_has_reported_it(phase: str, silent: str) -> None:
    """Old members and new ones, the driver among them."""
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    cluster.reach("a", phase)
    if silent == "a":
        cluster.nodes["a"].participant._done = lambda _phase: False  # type: ignore[method-assign, assignment]
    cluster.cut = of(Progress, sender=silent)
    for _ in range(10):
        cluster.tend()
    assert cluster.phase("a") == phase
    cluster.cut = lambda _packet: False
    if silent == "a":
        del cluster.nodes["a"].participant._done
    cluster.reach("a", "")
    assert names(cluster) == {tuple("abcdx")}


def test_a_plan_is_durable_at_its_driver_before_anybody_hears_of_it_and_so_is_every_phase() -> None:
    """A driver that has forgotten its plan could make another one."""
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    cluster.operate("a", "join", "x")
    assert cluster.packets(of(Announce)) == []
    cluster.sync("a")
    assert {packet.to for packet in cluster.take(of(Announce))} == {"b", "c", "d", "x"}
    cluster.tend()
    for _ in range(3):
        cluster.stuck.add("a")
        before = cluster.phase("a")
        cluster.tend()
        assert cluster.packets(of(Announce, sender="a")) == []
        assert {cluster.phase(name) for name in "bcdx"} == {before}
        cluster.stuck.clear()
        cluster.settle()
        cluster.tend()


def test_a_plan_is_announced_again_to_whoever_has_not_reported_and_to_nobody_else() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    cluster.cut = of(Progress, sender="c")
    cluster.tend()
    cluster.tend()
    cluster.now_us += cluster.config.handoff_us
    cluster.fire("a", "handoff")
    assert [packet.to for packet in cluster.take(of(Announce))] == ["c"]


@pytest.mark.parametrize("kind", [Announce, Progress])
def test_a_change_comes_to_its_end_though_half_of_its_messages_are_lost_and_the_others_come_twice(kind: type) -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    for _ in range(60):
        packets = cluster.take(of(kind))
        cluster.hand_in(*packets[::2], *packets[::2])
        cluster.tend()
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcdx")}


def test_late_reports_of_earlier_phases_and_of_other_plans_count_for_nothing() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    plan = begin(cluster, "a", "join", "x")
    cluster.reach("a", "transfer")
    cluster.cut = of(Progress, sender="c")
    for message in (Progress(plan, "prepare"), Progress("a.9.9", "transfer"), Progress(plan, "flip")):
        cluster.step("a", Received("c", message))
    for _ in range(5):
        cluster.tend()
    assert cluster.phase("a") == "transfer"


def test_a_driver_that_crashes_in_any_phase_goes_on_where_it_was() -> None:
    for phase in ("prepare", "transfer", "flip", "close"):
        cluster = Cluster("abcd", outsiders="x", partitions=8)
        begin(cluster, "a", "join", "x")
        cluster.reach("a", phase)
        cluster.reboot("a")
        assert cluster.phase("a") == phase
        cluster.run(SETTLED_US)
        assert names(cluster) == {tuple("abcdx")}


def test_whoever_was_away_when_the_change_ended_hears_of_it_from_whom_it_tells_its_old_table() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    cluster.reach("a", "close")
    cluster.cut = of(Announce, to="d")
    cluster.reach("a", "")
    cluster.cut = lambda _packet: False
    assert cluster.phase("d") == "close"
    cluster.hand_in(Packet("d", "b", Announce(encode_table(cluster.table("d")))))
    cluster.settle()
    assert cluster.table("d") == cluster.table("a")


# Every kind of change


@pytest.mark.parametrize("strategy", [1, 2, 3])
@pytest.mark.parametrize(
    ("action", "args", "weight", "expected"),
    [
        ("join", ("x",), 2.0, "abcdx"),
        ("leave", ("d",), 1.0, "abc"),
        ("replace", ("d", "x"), 1.0, "abcx"),
        ("remove", ("d",), 1.0, "abc"),
        ("weight", ("d",), 2.0, "abcd"),
    ],
)
def test_a_change_moves_every_record_to_its_owners_and_leaves_none_elsewhere(
    action: str, args: tuple[str, ...], weight: float, expected: str, strategy: int
) -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=12, strategy=strategy, tokens_per_node=4)
    keys = [b"k%d" % at for at in range(40)]
    for at, key in enumerate(keys):
        assert cluster.put("abcd"[at % 4], key, b"v").status == OK
    if action in ("replace", "remove"):
        cluster.crash("d")
    begin(cluster, "a", action, *args, weight=weight)
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple(expected)}
    assert {member.since for member in cluster.table("a").members} == ({0, 2} if "x" in expected else {0})
    ring = cluster.nodes["a"].host.ring
    for key in keys:
        owners = ring.owners(ring.partition_of(key))
        assert [cluster.values(name, key) for name in owners] == [[b"v"]] * 3
        assert all(cluster.held(name, key) is None for name in cluster.nodes if name not in owners)


def test_what_a_newcomer_is_and_where_it_stands_is_in_the_table() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x", weight=0.5, host="h", rack="r", datacenter="dc")
    cluster.reach("a", "")
    x = cluster.table("b").member("x")
    assert x is not None
    assert x[2:] == (0.5, "h", "r", "dc", 2)


# Refusals, each in one line


def test_who_joins_without_a_word_on_its_weight_weighs_1() -> None:
    cluster = joining()
    plan = cluster.table("a").plan
    assert plan is not None
    assert {member.name: member.weight for member in plan.target} == dict.fromkeys("abcdx", 1.0)


def test_an_unknown_action_is_refused_with_those_that_are_known() -> None:
    assert refused(Cluster("abcd"), "a", "jion", "x") == (
        "action: 'jion' is unknown; accepted: join, leave, replace, remove, weight, abort, status, vouch"
    )
    assert ACTIONS == ("join", "leave", "replace", "remove", "weight", "abort", "status", "vouch")


@pytest.mark.parametrize("action", [action for action in ACTIONS if action != "status"])
def test_a_node_that_is_no_member_can_change_nothing(action: str) -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    assert refused(cluster, "x", action, "d") == "x is no member of a ring; ask one that is"
    begin(cluster, "a", "join", "x")
    assert refused(cluster, "x", action, "d") == "x is no member of a ring; ask one that is"


@pytest.mark.parametrize("action", ["leave", "remove", "replace"])
def test_nobody_sees_itself_out(action: str) -> None:
    assert refused(Cluster("abcd"), "a", action, "a", "x") == "a cannot see itself out; ask another member"


def test_what_planning_refuses_is_refused() -> None:
    cluster = Cluster("abcd")
    assert refused(cluster, "a", "join", "b") == "node 'b': is a member already"
    assert refused(cluster, "a", "leave", "x") == "node 'x': is no member; members: a, b, c, d"
    assert refused(cluster, "a", "weight", "b", weight=0.0) == "weight 0.0 of 'b': must be positive and finite"
    assert refused(cluster, "a", "replace", "b", "c") == "node 'c': is a member already"


def test_members_of_whom_no_ring_can_be_made_are_refused_before_anybody_hears_of_them() -> None:
    """Under strategies 1 and 2 somebody must have a token."""
    cluster = Cluster("ab", n=1, r=1, w=1, strategy=1, tokens_per_node=1)
    tokens = [member.tokens for member in cluster.table("a").members]
    assert all(tokens)
    cluster.nodes["a"].participant.table = cluster.table("a")._replace(
        members=tuple(member._replace(tokens=() if member.name == "a" else member.tokens) for member in cluster.members)
    )
    assert refused(cluster, "a", "leave", "b") == "members: none of them has a token"
    assert cluster.packets(of(Announce)) == []


def test_one_change_is_under_way_at_a_time_and_the_second_operator_is_told_which() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    begin(cluster, "a", "join", "x")
    for action in ("join", "leave", "weight"):
        assert refused(cluster, "b", action, "d") == ("a change is under way: join x, driven by a, phase prepare")
    assert refused(cluster, "b", "abort") == "a change is under way: join x, driven by a; ask a"
    assert refused(cluster, "b", "remove", "d") == "a change is under way: join x, driven by a; ask a"
    assert refused(cluster, "b", "replace", "d", "y") == "a change is under way: join x, driven by a; ask a"


def test_a_node_that_starts_refuses() -> None:
    cluster = Cluster("abcd")
    cluster.crash("a")
    cluster.boot("a")
    assert refused(cluster, "a", "status") == "the node is starting"


def test_status_tells_the_epoch_the_members_and_the_change_that_is_under_way() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    answer = cluster.operate("b", "status")
    assert answer[1:] == ("ok", "a member", 1, tuple("abcd"), "", "")
    assert cluster.operate("x", "status")[1:] == ("ok", "in no ring", 0, (), "", "")
    plan = begin(cluster, "a", "join", "x")
    answer = cluster.operate("b", "status")
    assert answer[1:] == ("ok", "a member", 1, tuple("abcd"), "join x, driven by a, phase prepare", plan)
    cluster.reach("b", "")
    assert cluster.operate("b", "status")[3:] == (2, tuple("abcdx"), "", "")


# Aborting


@pytest.mark.parametrize("phase", ["prepare", "transfer"])
def test_a_change_that_is_not_decided_can_be_aborted_by_its_driver_and_leaves_nothing_behind(phase: str) -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    keys = [cluster.key(0, partition) for partition in range(8)]
    begin(cluster, "a", "join", "x")
    cluster.reach("a", phase)
    for key in keys:
        assert cluster.put("b", key, b"v").status == OK
    answer = cluster.operate("a", "abort")
    assert (answer.status, answer.reason) == ("ok", "abort join x")
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcd")}
    assert not cluster.nodes["x"].participant.inside
    ring = cluster.nodes["a"].host.ring
    for key in keys:
        owners = ring.owners(ring.partition_of(key))
        assert [cluster.values(name, key) for name in owners] == [[b"v"]] * 3
        assert all(cluster.held(name, key) is None for name in "abcdx" if name not in owners)


@pytest.mark.parametrize("phase", ["flip", "close"])
def test_a_decided_change_cannot_be_aborted(phase: str) -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    cluster.reach("a", phase)
    assert refused(cluster, "a", "abort") == f"join x is decided and will be finished (phase {phase})"


def test_where_no_change_is_under_way_there_is_nothing_to_abort() -> None:
    assert refused(Cluster("abcd"), "a", "abort") == "no change is under way"


def test_a_joiner_that_died_is_removed_by_aborting_its_join() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    cluster.crash("x")
    assert cluster.operate("a", "remove", "x").reason == "abort join x"
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcd")}
