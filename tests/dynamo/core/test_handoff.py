"""Hinted handoff (Dynamo, section 4.6): kept for an owner, brought to it, and dropped only then."""

from dynamo.core.effects import DATA, hint_key
from dynamo.core.messages import PUT, HandedOff, Handoff, Replicate
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import MS, SECOND, Cluster, Packet, of


def hinted(keys: int = 1, **config: int) -> Cluster:
    """`d` keeps `keys` hints for `a`, which is dead and held to be down. No other repair is at work."""
    cluster = Cluster("abcd", anti_entropy=False, **config)
    cluster.crash("a")
    for name in "bcd":
        cluster.nodes[name].host.detector.missed("a", cluster.now_us)
    for index in range(keys):
        cluster.put("b", cluster.key(index), b"v")
    assert len(cluster.hints("d")) == keys
    return cluster


def back(cluster: Cluster) -> None:
    """`a` is up again and `d` has heard it."""
    cluster.boot("a")
    cluster.sync("a")
    cluster.nodes["d"].host.detector.heard("a", cluster.now_us)


def grow(cluster: Cluster) -> None:
    state = Siblings({"x": 1}, (Version("x", 1, b"more"),))
    cluster.hand_in(Packet("b", "d", Replicate(7, cluster.key(), state, "a")))


def test_a_hint_is_delivered_when_its_owner_is_back_and_dropped_then() -> None:
    """ "Once the transfer succeeds, D may delete the object from its local store"."""
    cluster = hinted()
    cluster.run(5 * SECOND)
    assert len(cluster.hints("d")) == 1
    cluster.boot("a")
    cluster.run(3 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.values("a", cluster.key()) == [b"v"]


def test_nothing_is_sent_to_an_owner_that_is_held_to_be_down() -> None:
    cluster = hinted()
    cluster.fire("d", "handoff")
    assert cluster.packets(of(Handoff)) == []


def test_a_hint_is_acknowledged_only_when_every_record_of_the_batch_is_durable() -> None:
    cluster = hinted(keys=3)
    back(cluster)
    cluster.fire("d", "handoff")
    cluster.deliver(of(Handoff))
    assert cluster.packets(of(HandedOff)) == []
    cluster.sync("a")
    assert len(cluster.packets(of(HandedOff))) == 1
    assert len(cluster.hints("d")) == 3
    cluster.settle()
    assert cluster.hints("d") == []


def test_a_hint_that_brings_nothing_new_is_written_all_the_same_before_it_is_acknowledged() -> None:
    """What is on the owner's disk may have rotted unseen, and the hint may be the last sound copy."""
    cluster = hinted()
    back(cluster)
    cluster.fire("d", "handoff")
    (packet,) = cluster.packets(of(Handoff))
    cluster.deliver(of(Handoff))
    cluster.sync("a")
    cluster.take(of(HandedOff))
    del cluster.disks["a"].durable[DATA][cluster.key()]
    cluster.hand_in(packet)
    assert cluster.packets(of(HandedOff)) == []
    cluster.sync("a")
    assert len(cluster.packets(of(HandedOff))) == 1
    assert cluster.disks["a"].durable[DATA][cluster.key()] == cluster.held("a", cluster.key())


def test_a_hint_that_grew_while_it_was_delivered_stays_and_is_delivered_again() -> None:
    cluster = hinted()
    back(cluster)
    cluster.fire("d", "handoff")
    cluster.deliver(of(Handoff))
    grow(cluster)
    cluster.settle()
    assert cluster.hints("d") == [hint_key("a", cluster.key())]
    cluster.run(1 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.values("a", cluster.key()) == [b"v", b"more"]


def test_an_acknowledgement_of_another_batch_drops_nothing() -> None:
    cluster = hinted()
    back(cluster)
    cluster.fire("d", "handoff")
    (handoff,) = cluster.take(of(Handoff))
    cluster.hand_in(
        Packet("a", "d", HandedOff(handoff.message.batch + 1)), Packet("b", "d", HandedOff(handoff.message.batch))
    )
    cluster.sync("d")
    assert len(cluster.hints("d")) == 1


def test_an_acknowledgement_from_before_a_restart_drops_nothing() -> None:
    cluster = hinted()
    back(cluster)
    cluster.fire("d", "handoff")
    cluster.deliver(of(Handoff))
    cluster.sync("a")
    (late,) = cluster.take(of(HandedOff))
    cluster.reboot("d")
    grow(cluster)
    cluster.sync("d")
    cluster.fire("d", "handoff")
    assert cluster.take(of(Handoff)), "the first batch of the new boot is under way"
    cluster.hand_in(late)
    cluster.sync("d")
    assert len(cluster.hints("d")) == 1


def test_one_batch_at_a_time_is_on_its_way_and_it_is_sent_again_after_a_while() -> None:
    cluster = hinted()
    back(cluster)
    sent = []
    for _ in range(10):
        cluster.now_us += 500 * MS
        cluster.nodes["d"].host.detector.heard("a", cluster.now_us)
        cluster.fire("d", "handoff")
        sent.append(len(cluster.take(of(Handoff))))
    assert sent == [1, 0, 0, 0, 1, 0, 0, 0, 1, 0]


def test_an_interval_brings_no_more_than_a_batch() -> None:
    cluster = hinted(keys=7, handoff_batch=3)
    back(cluster)
    left = []
    for _ in range(3):
        cluster.fire("d", "handoff")
        cluster.settle()
        left.append(len(cluster.hints("d")))
    assert left == [4, 1, 0]


def test_duplicates_and_late_batches_are_harmless() -> None:
    cluster = hinted()
    back(cluster)
    cluster.fire("d", "handoff")
    (handoff,) = cluster.take(of(Handoff))
    cluster.hand_in(handoff, handoff)
    cluster.settle()
    newer = cluster.put("a", cluster.key(), b"new", context=cluster.get("a", cluster.key()).context)
    cluster.hand_in(handoff)
    cluster.settle()
    assert newer.values == (b"new",)
    assert cluster.values("a", cluster.key()) == [b"new"]
    assert cluster.hints("d") == []


def test_a_hint_survives_a_restart() -> None:
    cluster = hinted()
    cluster.reboot("d")
    cluster.boot("a")
    cluster.run(3 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.values("a", cluster.key()) == [b"v"]


def test_a_hint_that_is_not_durable_yet_is_not_sent() -> None:
    cluster = hinted()
    back(cluster)
    grow(cluster)
    cluster.fire("d", "handoff")
    assert cluster.packets(of(Handoff)) == []


def test_a_damaged_copy_leaves_the_batch_unacknowledged_until_it_is_healed() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    key = cluster.key()
    cluster.put("b", key, b"one")
    cluster.crash("a")
    cluster.disks["a"].corrupt.add(key)
    for name in "bcd":
        cluster.nodes[name].host.detector.missed("a", cluster.now_us)
    cluster.put("b", key, b"two")
    back(cluster)
    cluster.fire("d", "handoff")
    cluster.deliver(of(Handoff))
    cluster.sync("a")
    assert cluster.packets(of(HandedOff)) == []
    cluster.run(5 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.values("a", key) == [b"one", b"two"]


def test_a_fallback_coordinators_own_version_reaches_the_owner() -> None:
    cluster = hinted()
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    cluster.ask("d", PUT, cluster.key(), b"second", w=1)
    cluster.settle()
    cluster.boot("a")
    cluster.run(5 * SECOND)
    assert cluster.values("a", cluster.key()) == [b"v", b"second"]
