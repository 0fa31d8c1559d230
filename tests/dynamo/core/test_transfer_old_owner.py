"""Transfer, the old owner's part: it names only what it holds whole and durably, to whoever is to own it."""

from dynamo.core.messages import TransferFetch, TransferPage, TransferPull, TransferRecords
from tests.dynamo.core.cluster import Packet, of
from tests.dynamo.core.transferring import gained, joining, place


def test_a_copy_that_recovers_from_a_lost_disk_names_nothing_until_it_is_whole() -> None:
    cluster, keys = joining()
    cluster.lose_disk("b")
    cluster.boot("b")
    cluster.settle()
    assert cluster.nodes["b"].replica.recovering
    cluster.now_us += 4 * cluster.config.handoff_us
    cluster.fire("x", "handoff")
    cluster.deliver(of(TransferPull, to="b"))
    assert cluster.packets(of(TransferPage, sender="b")) == []
    assert cluster.marked("b", "transfer waits for a copy that is being healed") == 1
    cluster.run(60_000_000)
    assert cluster.phase("x") == ""
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


def test_a_damaged_record_holds_up_its_partition_and_no_other() -> None:
    cluster, keys = joining()
    cluster.crash("b")
    cluster.disks["b"].corrupt.add(cluster.key(0, 1))
    cluster.boot("b")
    cluster.sync("b")
    plan = cluster.table("b").plan
    assert plan is not None
    for partition, answered in ((1, False), (3, True)):
        cluster.hand_in(Packet("x", "b", TransferPull(77, plan.id, partition, 0)))
        assert bool(cluster.take(of(TransferPage))) == answered
    cluster.run(60_000_000)
    assert cluster.phase("x") == ""
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


def test_a_question_for_another_plan_or_another_owners_partition_is_left_unanswered() -> None:
    cluster, _ = joining()
    plan = cluster.table("b").plan
    assert plan is not None
    for pull in (
        TransferPull(77, "another", 1, 0),
        TransferPull(77, plan.id, 2, 0),  # b holds none of it
        TransferPull(77, plan.id, 4, 0),
        TransferPull(77, plan.id, -1, 0),
    ):
        cluster.hand_in(Packet("x", "b", pull))
    assert cluster.take(of(TransferPage)) == []
    cluster.hand_in(Packet("x", "b", TransferPull(77, plan.id, 1, 0)))
    assert len(cluster.take(of(TransferPage))) == 1


def test_before_its_own_transfer_phase_an_old_owner_is_silent() -> None:
    """It may still take puts that go to the old list alone."""
    cluster, _ = joining(phase="prepare")
    plan = cluster.table("b").plan
    assert plan is not None
    cluster.hand_in(Packet("x", "b", TransferPull(77, plan.id, 1, 0)))
    assert cluster.take(of(TransferPage)) == []


def test_a_record_that_is_damaged_when_it_is_fetched_is_not_sent_and_one_that_is_not_durable_waits() -> None:
    cluster, _ = joining()
    key = cluster.key(0, 1)
    cluster.nodes["b"].replica.damage(key)
    cluster.hand_in(Packet("x", "b", TransferFetch(77, (key,))))
    assert cluster.take(of(TransferRecords)) == []
    place(cluster, "c", key, b"late")
    cluster.hand_in(Packet("x", "c", TransferFetch(78, (key,))))
    assert cluster.take(of(TransferRecords)) == []
    cluster.sync("c")
    (records,) = cluster.take(of(TransferRecords))
    assert [version.value for version in records.message.records[0][1].versions] == [b"old", b"late"]
