"""Transfer: the new owner has everything that every old owner held before it may answer for it."""

import pytest

from dynamo.core.effects import DATA, META, Send
from dynamo.core.messages import OK, Progress, Replicate, TransferFetch, TransferPage, TransferPull, TransferRecords
from dynamo.core.transfer import DONE, RESEND_INTERVALS
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of
from tests.dynamo.core.transferring import MESSAGES, again, gained, joining, place, transfer, turns


def test_the_new_owner_asks_every_old_owner_but_the_dead_for_what_it_gains() -> None:
    cluster, _ = joining()
    again(cluster)
    pulls = cluster.take(of(TransferPull))
    first = {packet.to: packet.message.partition for packet in pulls}
    assert first == {"a": 2, "b": 1, "c": 1}
    assert {packet.sender for packet in pulls} == {"x"}
    assert {name: list(inflow.partitions) for name, inflow in transfer(cluster).inflows.items()} == {
        "a": [2, 3],
        "b": [1, 3],
        "c": [1, 2],
    }


def test_a_page_names_what_is_held_and_only_what_is_lacking_is_fetched() -> None:
    cluster, _ = joining()
    one, other = (cluster.key(index, 1) for index in range(2))
    state = cluster.held("b", one)
    assert state is not None
    cluster.hand_in(Packet("a", "x", Replicate(1, one, state)))
    again(cluster)
    cluster.take(of(TransferPull, to="a"))
    cluster.take(of(TransferPull, to="c"))
    cluster.deliver(of(TransferPull))
    (page,) = cluster.take(of(TransferPage))
    assert {key for key, _ in page.message.entries} == {one, other}
    cluster.hand_in(page)
    (fetch,) = cluster.take(of(TransferFetch))
    assert fetch.message.keys == (other,)


def test_when_the_transfer_is_complete_the_new_owner_holds_all_that_the_old_ones_held() -> None:
    cluster, keys = joining(keys=5, transfer_keys=1)
    cluster.reach("x", "flip")
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]
    assert transfer(cluster).complete
    assert cluster.marked("x", "record transferred") >= 15
    assert cluster.marked("x", "flipped before the transfer was complete") == 0


def test_what_only_one_old_owner_holds_is_fetched_too() -> None:
    """A put is acknowledged by W=2 of N=3, and one of the two is dead."""
    cluster, _ = joining(anti_entropy=False)
    key = cluster.key(9, 3)
    place(cluster, "b", key, b"alone")
    cluster.settle()
    assert (cluster.values("a", key), cluster.values("b", key)) == ([], [b"alone"])
    cluster.reach("x", "flip")
    assert cluster.values("x", key) == [b"alone"]


def test_pages_that_name_only_what_is_here_already_are_not_taken_for_the_next_ones() -> None:
    """Puts that came meanwhile went to the new owner as well. (Once each such page ended its partition twice, and the
    partition after it was never asked for.)"""
    cluster, keys = joining(keys=1)
    for partition in (1, 2):
        key = cluster.key(0, partition)
        assert cluster.put("a", key, b"new", context=cluster.get("a", key).context).status == OK
    cluster.reach("x", "flip")
    assert [cluster.values("x", key) for key in gained(cluster, keys)] == [[b"new"], [b"new"], [b"old"]]


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_lost_message_is_asked_for_again_and_nothing_is_skipped(kind: type) -> None:
    cluster, keys = joining(transfer_keys=1)
    lost = 0
    for _ in range(40):
        if cluster.phase("x") != "transfer":
            break
        again(cluster)
        for _ in turns(cluster):
            lost += len(cluster.take(of(kind))[:3]) if lost < 6 else 0
        assert transfer(cluster).complete or lost < 7
        if lost >= 6:
            cluster.tend()
    assert lost >= 6
    cluster.reach("x", "flip")
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


@pytest.mark.parametrize("kind", MESSAGES)
def test_messages_that_come_twice_and_late_change_nothing(kind: type) -> None:
    cluster, keys = joining(transfer_keys=1)
    again(cluster)
    late: list[Packet] = []
    for _ in range(60):
        late += cluster.packets(of(kind))
        if not cluster.deliver(of(*MESSAGES)):
            break
        cluster.sync()
        cluster.hand_in(*late)
    assert late
    assert transfer(cluster).complete
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]
    done = dict(transfer(cluster).done)
    cluster.hand_in(*late)
    cluster.settle()
    assert transfer(cluster).done == done == {"a": {2, 3}, "b": {1, 3}, "c": {1, 2}}


def test_a_question_is_asked_again_only_after_its_time() -> None:
    cluster, _ = joining()
    again(cluster)
    assert len(cluster.take(of(TransferPull))) == 3
    for _ in range(RESEND_INTERVALS - 1):
        cluster.now_us += cluster.config.handoff_us
        cluster.fire("x", "handoff")
        assert cluster.take(of(TransferPull)) == []
    cluster.now_us += cluster.config.handoff_us
    cluster.fire("x", "handoff")
    assert len(cluster.take(of(TransferPull))) == 3


def test_a_partition_is_done_only_when_its_records_are_durable_here() -> None:
    cluster, _ = joining()
    again(cluster)
    cluster.stuck.add("x")
    while cluster.deliver(of(*MESSAGES)):
        pass
    assert transfer(cluster).done == {"a": set(), "b": set(), "c": set()}
    assert not transfer(cluster).complete
    cluster.tend()
    assert cluster.phase("a") == "transfer", "the phase is not reported"
    cluster.stuck.clear()
    cluster.settle()
    assert transfer(cluster).complete


def test_what_is_here_but_not_durable_does_not_count_either() -> None:
    cluster, _ = joining(keys=1)
    key = cluster.key(0, 1)
    cluster.stuck.add("x")
    cluster.put("a", key, b"new", context=cluster.get("a", key).context)
    again(cluster)
    while cluster.deliver(of(*MESSAGES)):
        pass
    assert 1 not in transfer(cluster).done["b"] | transfer(cluster).done["c"]


def test_a_crash_costs_only_what_was_not_done() -> None:
    cluster, keys = joining()
    again(cluster)
    for _ in turns(cluster):
        if transfer(cluster).done["b"] == {1}:
            break
    cluster.wire.clear()
    cluster.sync("x")
    saved = {source: set(done) for source, done in transfer(cluster).done.items()}
    cluster.crash("x")
    cluster.boot("x")
    cluster.sync("x")
    assert transfer(cluster).done == saved
    assert {name: list(inflow.partitions) for name, inflow in transfer(cluster).inflows.items()} == {
        source: [p for p in wanted if p not in saved[source]]
        for source, wanted in {"a": [2, 3], "b": [1, 3], "c": [1, 2]}.items()
    }
    cluster.reach("x", "flip")
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


def test_what_a_crash_took_before_it_was_durable_is_fetched_again() -> None:
    cluster, keys = joining()
    again(cluster)
    for _ in range(6):
        cluster.deliver(of(*MESSAGES))
    cluster.crash("x")
    cluster.boot("x")
    cluster.sync("x")
    assert transfer(cluster).done == {"a": set(), "b": set(), "c": set()}
    cluster.reach("x", "flip")
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


def test_what_was_fetched_for_another_plan_does_not_count() -> None:
    cluster, _ = joining()
    again(cluster)
    cluster.settle()
    assert transfer(cluster).complete
    assert cluster.operate("a", "abort").status == "ok"
    cluster.reach("a", "")
    assert cluster.operate("b", "replace", "d", "x").status == "ok"
    cluster.settle()
    cluster.cut = of(*MESSAGES)
    cluster.reach("x", "transfer")
    assert not any(transfer(cluster).done.values())
    assert not transfer(cluster).complete


# The new owner's own trouble


def test_a_damaged_copy_takes_nothing_and_its_page_is_not_done() -> None:
    cluster, _ = joining()
    key = cluster.key(0, 1)
    cluster.nodes["x"].replica.damage(key)
    again(cluster)
    for _ in turns(cluster):
        pass
    assert 1 not in transfer(cluster).done["b"]
    assert transfer(cluster).inflows["b"].missing == {key}


def test_whoever_lost_its_disk_between_the_transfer_and_the_flip_answers_no_reads_until_it_recovers() -> None:
    cluster, keys = joining()
    cluster.cut = of(Progress, sender="b")
    for _ in range(8):
        cluster.tend()
    assert transfer(cluster).complete
    cluster.cut = lambda _packet: False
    cluster.crash("x")
    disk = cluster.disks["x"]
    disk.durable[META].pop(DONE)
    disk.durable[DATA].clear()
    cluster.tend("b")
    assert cluster.phase("a") == "flip"
    cluster.boot("x")
    cluster.sync("x")
    assert cluster.marked("x", "flipped before the transfer was complete") == 1
    assert set(cluster.nodes["x"].replica.recovering) == {1, 2, 3}
    cluster.run(60_000_000)
    assert cluster.nodes["x"].replica.recovering == {}
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


def test_an_old_disk_forgets_what_it_had_fetched_together_with_the_records() -> None:
    """The others remember a later boot than the disk. (Once the records went and the note stayed that they were here,
    and the node answered reads of partitions that it did not have.)"""
    cluster, keys = joining()
    cluster.cut = of(Progress, sender="b")
    for _ in range(8):
        cluster.tend()
    assert transfer(cluster).complete
    image = {space: dict(records) for space, records in cluster.disks["x"].durable.items()}
    cluster.reboot("x")
    cluster.run(5_000_000)
    cluster.crash("x")
    cluster.disks["x"].durable = image
    cluster.boot("x")
    cluster.sync("x")
    assert cluster.marked("x", "old disk noticed") == 1
    assert DONE not in cluster.disks["x"].durable[META]
    assert not transfer(cluster).complete
    cluster.cut = of(*MESSAGES)
    cluster.tend("b")
    assert cluster.phase("x") == "flip", "it had reported the transfer before"
    assert set(cluster.nodes["x"].replica.recovering) == {1, 2, 3}, "so it must not answer"
    cluster.cut = lambda _packet: False
    cluster.run(60_000_000)
    assert cluster.nodes["x"].replica.recovering == {}
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


def test_an_old_disk_that_had_not_reported_fetches_everything_again() -> None:
    cluster, keys = joining()
    cluster.cut = of(Progress, sender="x")
    for _ in range(8):
        cluster.tend()
    assert transfer(cluster).complete
    image = {space: dict(records) for space, records in cluster.disks["x"].durable.items()}
    cluster.reboot("x")
    cluster.run(5_000_000)
    cluster.crash("x")
    cluster.disks["x"].durable = image
    cluster.boot("x")
    cluster.sync("x")
    assert cluster.marked("x", "old disk noticed") == 1
    assert not transfer(cluster).complete
    cluster.cut = lambda _packet: False
    cluster.reach("x", "flip")
    assert cluster.nodes["x"].replica.recovering == {}
    for key in gained(cluster, keys):
        assert cluster.values("x", key) == [b"old"]


def test_nothing_is_asked_for_when_the_change_is_over() -> None:
    cluster, _ = joining()
    cluster.reach("x", "")
    before = len(cluster.log)
    assert (transfer(cluster).plan, transfer(cluster).inflows, transfer(cluster).done) == ("", {}, {})
    cluster.run(10_000_000)
    sent = [effect.message for _, effect in cluster.log[before:] if isinstance(effect, Send)]
    assert sent
    assert not any(isinstance(message, MESSAGES) for message in sent)


def test_records_that_nobody_has_asked_for_are_not_kept() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    state = cluster.held("a", key)
    assert state is not None
    cluster.hand_in(Packet("a", "d", TransferRecords(1, ((key, state),))))
    cluster.settle()
    assert cluster.held("d", key) is None


def test_what_was_fetched_for_an_earlier_plan_does_not_count_where_a_partition_was_lost_in_between() -> None:
    """Its weight went up, down and up again."""
    cluster = Cluster("abcd", partitions=12, anti_entropy=False)
    keys = [cluster.key(0, partition) for partition in range(12)]
    for key in keys:
        assert cluster.put("a", key, b"v").status == OK
    for weight in (3.0, 0.3, 3.0):
        before = cluster.marked("d", "partition transferred")
        assert cluster.operate("a", "weight", "d", weight=weight).status == "ok"
        cluster.settle()
        cluster.reach("d", "flip")
        answers = {*cluster.nodes["d"].host.ring.partitions_of("d")}
        assert [key for at, key in enumerate(keys) if at in answers and not cluster.values("d", key)] == []
        cluster.reach("a", "")
        cluster.run(10 * SECOND)
        ring = cluster.nodes["a"].host.ring
        for key in keys:
            owners = ring.owners(ring.partition_of(key))
            assert [cluster.values(name, key) for name in owners] == [[b"v"]] * 3
            assert all(cluster.held(name, key) is None for name in "abcd" if name not in owners)
        assert (cluster.marked("d", "partition transferred") > before) == (weight == 3.0)
