"""kept.testing.cluster: a simulated cluster that a test drives step by step, and is judged by its promises."""

from typing import Any

import pytest

from kept.lab.replay import replay
from kept.lab.usage import UsageError
from kept.testing.cluster import SimCluster
from kept.testing.session import Session, under
from kept.testing.violation import Violation

# Clients


def test_what_is_put_is_read_and_replaced_by_a_put_that_has_seen_it() -> None:
    cluster = SimCluster()
    assert cluster.get("cart").values == ()
    cluster.put("cart", "milk", client=1)
    seen = cluster.get("cart", client=2)
    assert seen.values == (b"milk",)
    assert cluster.put("cart", "milk,bread", seen).ok
    assert cluster.get("cart").values == (b"milk,bread",)
    cluster.check()


def test_puts_that_have_not_seen_each_other_are_siblings() -> None:
    cluster = SimCluster()
    cluster.put("cart", "milk", node="n1")
    cluster.put("cart", "bread", client=1, node="n2")
    assert sorted(cluster.get("cart").values) == [b"bread", b"milk"]
    cluster.check()


def test_a_deleted_key_is_empty() -> None:
    cluster = SimCluster()
    seen = cluster.put("cart", "milk")
    assert cluster.delete("cart", seen).ok
    assert cluster.get("cart").values == ()
    cluster.check()


def test_an_answer_that_nobody_waited_for_comes_later() -> None:
    cluster = SimCluster()
    answer = cluster.put("k", "1", wait=False)
    assert answer.status == "open"
    cluster.advance(100)
    assert answer.ok
    assert repr(answer) == "<put b'k' at n1: ok>"


def test_a_node_that_is_down_refuses_and_others_answer() -> None:
    cluster = SimCluster()
    cluster.crash("n2")
    refused = cluster.put("k", "1", node="n2")
    assert (refused.status, refused.reason) == ("fail", "n2 refused the connection")
    assert cluster.put("k", "1", client=1).node != "n2"
    cluster.check()


# Faults


def test_a_crashed_node_is_down_until_it_is_restarted() -> None:
    cluster = SimCluster()
    cluster.crash("n2")
    cluster.advance(10_000)
    assert cluster.down == ("n2",)
    cluster.restart("n2")
    cluster.advance(1_000)
    assert (cluster.down, cluster.serving) == ((), ("n1", "n2", "n3", "n4"))


def test_a_paused_node_goes_on_when_it_is_resumed() -> None:
    cluster = SimCluster()
    cluster.pause("n1")
    assert cluster.paused == ("n1",)
    assert "n1" not in cluster.serving
    cluster.resume("n1")
    assert cluster.put("k", "1", node="n1").ok


def test_a_strict_quorum_fails_across_a_partition_and_not_after_it() -> None:
    cluster = SimCluster(nodes=3, sloppy=False)
    cluster.partition(["n1"], ["n2", "n3"])
    assert not cluster.put("k", "1", node="n1").ok
    assert cluster.put("k", "2", client=1, node="n2").ok
    cluster.heal()
    cluster.advance(3_000)
    assert cluster.put("k", "3", client=2, node="n1").ok
    cluster.check()


def test_links_are_cut_one_way_only() -> None:
    cluster = SimCluster(nodes=3, w=3, r=1, sloppy=False)
    cluster.cut("n1", "n2")
    assert not cluster.put("k", "1", node="n1").ok
    assert cluster.get("k", client=1, node="n2").ok
    cluster.heal()
    cluster.check()


def test_messages_are_lost_and_duplicated_until_the_links_are_whole() -> None:
    cluster = SimCluster()
    cluster.lose_messages()
    assert cluster.put("k", "1").status == "info"
    cluster.heal()
    cluster.duplicate_messages()
    assert cluster.put("k", "2", client=1).ok
    cluster.check()
    counts = cluster.trial.outcome.counts
    assert counts["loss"] > 0
    assert counts["duplicate"] > 0


def test_a_disk_is_lost_only_as_far_as_the_promises_survive_it() -> None:
    cluster = SimCluster(nodes=3)
    cluster.put("k", "1")
    cluster.advance(1_000)
    assert cluster.lose_disk("n1")
    assert cluster.down == ("n1",)
    cluster.restart("n1")
    cluster.check()


def test_any_fault_of_the_simulator_can_be_struck_and_ended() -> None:
    cluster = SimCluster()
    assert cluster.strike("slow-disk", "n1", number=50_000)
    cluster.put("k", "1")
    cluster.end("slow-disk", node="n1")
    cluster.check()
    with pytest.raises(UsageError, match=r"kind: slow-disc; .*did you mean slow-disk"):
        SimCluster().strike("slow-disc", "n1")


# Membership


def test_a_new_machine_joins_and_a_member_leaves() -> None:
    cluster = SimCluster()
    cluster.put("k", "1")
    assert cluster.join() == "n5"
    cluster.settle()
    assert cluster.members == ("n1", "n2", "n3", "n4", "n5")
    cluster.leave("n1")
    cluster.settle()
    assert cluster.members == ("n2", "n3", "n4", "n5")
    assert cluster.newcomers == 1
    cluster.check()


def test_a_machine_that_is_removed_is_gone_for_good_and_another_takes_its_place() -> None:
    cluster = SimCluster()
    assert cluster.remove("n1")
    cluster.settle()
    assert cluster.nodes == cluster.members == ("n2", "n3", "n4")
    assert cluster.replace("n2") == "n5"
    cluster.settle()
    assert cluster.members == ("n3", "n4", "n5")
    cluster.check()


# Verdicts


def test_a_lost_write_is_raised_with_its_claim_and_sentence() -> None:
    cluster = SimCluster(["no-lost-write"], versions="lww")
    cluster.put("cart", "milk", node="n1")
    cluster.put("cart", "bread", client=1, node="n2")
    with pytest.raises(Violation, match='"cart"') as caught:
        cluster.check()
    assert caught.value.claim == "no-lost-write"
    assert type(caught.value).__name__ == "NoLostWriteViolated"
    assert "last-writer-wins" in cluster.report.explain().paragraph


def test_a_claim_that_holds_can_be_checked_alone() -> None:
    cluster = SimCluster(["no-lost-write"], versions="lww")
    cluster.put("cart", "milk", node="n1")
    cluster.put("cart", "bread", client=1, node="n2")
    cluster.check("convergence")
    with pytest.raises(Violation):
        cluster.check("no-lost-write")


def test_a_read_that_breaks_a_promise_is_raised_by_the_call_that_made_it() -> None:
    cluster = SimCluster(bug="hidden-sibling")
    cluster.put("k", "1", node="n1")
    cluster.put("k", "2", client=1, node="n2")
    with pytest.raises(Violation, match="honest-contexts"):
        cluster.get("k")


def test_nothing_is_judged_while_an_operation_is_under_way() -> None:
    cluster = SimCluster(bug="hidden-sibling")
    cluster.put("k", "1", node="n1")
    cluster.put("k", "2", client=1, node="n2")
    cluster.put("k", "3", client=2, node="n3", wait=False)
    cluster.get("k", wait=False)
    with pytest.raises(Violation, match="honest-contexts"):
        cluster.advance(100)


def test_the_run_replays_from_its_schedule() -> None:
    cluster = SimCluster(["no-lost-write"], versions="lww")
    cluster.put("cart", "milk", node="n1")
    cluster.put("cart", "bread", client=1, node="n2")
    again = replay(cluster.report.schedule)
    assert again.result == "FAILED"
    assert again.trial.history_sha256 == cluster.trial.history_sha256


def test_the_same_calls_give_the_same_run_and_another_seed_another() -> None:
    def digest(**fields: Any) -> str:
        cluster = SimCluster(**fields)
        cluster.put("k", "1")
        cluster.crash("n1")
        cluster.get("k", client=1)
        return cluster.trial.history_sha256

    assert digest() == digest()
    assert digest(seed=1) != digest()
    with under(Session(seed=1)):
        assert digest() == digest(seed=1)


def test_after_its_check_a_cluster_takes_no_more_steps() -> None:
    cluster = SimCluster()
    cluster.check()
    with pytest.raises(UsageError, match="has ended with its check"):
        cluster.get("k")


# Bad input


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"node": 3}, "node: unknown field"),
        ({"nodes": 2}, "n: 3 is more than the nodes: 2"),
        ({"versions": "last"}, "versions: last; accepted: dvv, vv, lww"),
        ({"bug": "hiden-sibling"}, "did you mean hidden-sibling"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        SimCluster(**fields)


def test_wrong_names_are_refused_with_the_nearest_right_one() -> None:
    with pytest.raises(UsageError, match="did you mean no-lost-write"):
        SimCluster(["no-lost-writes"])
    cluster = SimCluster()
    with pytest.raises(UsageError, match="node: n9; accepted: n1, n2, n3, n4"):
        cluster.crash("n9")
    with pytest.raises(UsageError, match="client: 3; accepted: 0 to 2"):
        cluster.get("k", client=3)
    with pytest.raises(UsageError, match="an answer about b'j'; accepted: one about b'k'"):
        cluster.put("k", "1", cluster.get("j"))
    with pytest.raises(UsageError, match="accepted: two or more"):
        cluster.partition(["n1", "n2"])
    with pytest.raises(UsageError, match="ms: -1"):
        cluster.advance(-1)
