"""Actors: a dot names one value forever (basho/riak_kv#679 is what happens otherwise)."""

import pytest

from dynamo.core.actors import ACTOR_PREFIX, BIRTHS, BOOT_SPAN, HINT_ACTOR_PREFIX
from dynamo.core.effects import META, Synced
from dynamo.core.messages import FAIL, OK, PUT, Handoff
from tests.dynamo.core.cluster import SECOND, Cluster, of


def actor_on_disk(cluster: Cluster, name: str, key: bytes, prefix: bytes = ACTOR_PREFIX) -> str:
    record = cluster.disks[name].durable[META].get(prefix + key, b"")
    assert isinstance(record, bytes)
    return record.decode()


def actor_of(cluster: Cluster, name: str, key: bytes) -> str:
    """The actor of a new put through `name`."""
    dot = cluster.put(name, key, b"v", w=1).dot
    assert dot is not None
    return dot[0]


def hinted_put(cluster: Cluster, value: bytes) -> str:
    """The actor of a put that `d`, a fallback that reaches no owner, coordinates while `a` is dead."""
    cluster.crash("a")
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    dot = cluster.put("d", cluster.key(), value, w=1).dot
    assert dot is not None
    return dot[0]


def test_one_actor_names_all_puts_of_a_node_to_a_key_and_only_these() -> None:
    cluster = Cluster("abc")
    one, other = cluster.key(0), cluster.key(1)
    dots = [cluster.put("a", one, b"v").dot for _ in range(3)]
    assert dots == [("a0:0", 1), ("a0:0", 2), ("a0:0", 3)]
    assert cluster.put("a", other, b"v").dot == ("a0:1", 1)
    assert cluster.put("b", one, b"v").dot == ("b0:0", 1)


def test_the_actor_of_a_key_is_written_in_the_batch_of_the_record_that_it_makes() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.ask("a", PUT, key, b"v")
    (batch,) = cluster.disks["a"].unsynced
    assert {(change.space, change.key) for change in batch.changes} == {("data", key), (META, ACTOR_PREFIX + key)}


def test_the_actor_is_written_with_its_record_where_it_waited_for_its_lease_and_the_cache_was_full() -> None:
    """The record is evicted while the put waits; the actor's name must still reach the disk with its first version."""
    cluster = Cluster("abc", birth_lease=1, cache_records=1)
    keys = [cluster.key(index) for index in range(3)]
    cluster.put("a", keys[0], b"v")
    cluster.sync("a")
    asked = cluster.ask("a", PUT, keys[1], b"v")
    cluster.ask("a", "get", keys[2])  # takes the place in the cache
    cluster.settle()
    dot = cluster.reply(asked).dot
    assert dot is not None
    assert actor_on_disk(cluster, "a", keys[1]) == dot[0]


@pytest.mark.parametrize("lease", [1, 2, 3, 10])
def test_births_are_reserved_durably_before_they_are_used(lease: int) -> None:
    cluster = Cluster("abc", birth_lease=lease)
    used: list[int] = []
    for index in range(12):
        actor = actor_of(cluster, "a", cluster.key(index))
        used.append(int(actor.split(":")[1]))
        reserved = cluster.disks["a"].durable[META][BIRTHS]
        assert isinstance(reserved, bytes)
        assert used[-1] < int(reserved)
    assert used == list(range(12))


@pytest.mark.parametrize("lease", [1, 2, 5])
def test_no_birth_is_used_while_its_reservation_waits_for_the_disk(lease: int) -> None:
    cluster = Cluster("abc", birth_lease=lease)
    cluster.stuck.add("a")
    for index in range(10):
        cluster.ask("a", PUT, cluster.key(index), b"v")
        reserved = cluster.disks["a"].durable[META][BIRTHS]
        assert isinstance(reserved, bytes)
        assert all(int(minted.dot[0].split(":")[1]) < int(reserved) for minted in cluster.minted)
    assert len(cluster.minted) == lease
    cluster.stuck.clear()
    cluster.settle()
    assert len(cluster.minted) == 10, "the puts that waited go on"


@pytest.mark.parametrize("lease", [1, 2, 5])
@pytest.mark.parametrize("keep", range(5))
def test_no_birth_is_used_twice_whatever_a_crash_leaves(lease: int, keep: int) -> None:
    """A crash at every prefix of the unsynced batches, after each of a dozen puts whose disk is one step behind."""
    cluster = Cluster("abc", birth_lease=lease, anti_entropy=False)
    for index in range(8):
        for name in "bc":
            cluster.take(of(to=name))
        cluster.ask("a", PUT, cluster.key(index), b"v")
        cluster.answer_loads("a")
        if index % 3 == 1:
            seq = cluster.disks["a"].sync(1)
            cluster.step("a", Synced(seq))
        if index % 2:
            cluster.crash("a", keep=keep)
            cluster.boot("a")
            cluster.sync("a")
    cluster.settle()
    dots = [(minted.dot, minted.key) for minted in cluster.minted]
    keys_of: dict[str, set[bytes]] = {}
    for (actor, _), key in dots:
        keys_of.setdefault(actor, set()).add(key)
    assert len(dots) >= 4
    assert len(set(dots)) == len(dots), "a dot was given twice"
    assert all(len(keys) == 1 for keys in keys_of.values()), "one birth for two keys"


def test_a_dot_that_a_crash_took_before_it_was_durable_is_not_given_again() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.put("a", key, b"one")
    cluster.ask("a", PUT, key, b"two")
    cluster.crash("a")
    cluster.boot("a")
    cluster.settle()
    cluster.put("a", key, b"three")
    assert [minted.dot for minted in cluster.minted] == [("a0:0", 1), ("a0:0", 2), ("a0:0", BOOT_SPAN + 1)]


def test_the_counters_of_every_boot_are_above_a_floor_of_its_own() -> None:
    cluster = Cluster("abc")
    for boot in range(4):
        dot = cluster.put("a", cluster.key(), b"v").dot
        assert dot is not None
        assert boot * BOOT_SPAN < dot[1] <= (boot + 1) * BOOT_SPAN
        cluster.reboot("a")


def test_a_lost_disk_brings_other_actors() -> None:
    cluster = Cluster("abc")
    before = actor_of(cluster, "a", cluster.key())
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.settle()
    assert before.startswith("a0:")
    assert actor_of(cluster, "a", cluster.key()).startswith("a1:")


def test_an_actor_dies_with_a_hint_that_was_delivered() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    key = cluster.key()
    first = hinted_put(cluster, b"one")
    assert actor_on_disk(cluster, "d", key, HINT_ACTOR_PREFIX) == first
    assert actor_on_disk(cluster, "d", key) == "", "its own record would have another"
    cluster.boot("a")
    cluster.run(3 * SECOND)
    assert cluster.hints("d") == []
    assert actor_on_disk(cluster, "d", key, HINT_ACTOR_PREFIX) == ""
    assert hinted_put(cluster, b"two") != first


def test_an_actor_dies_with_its_damaged_record() -> None:
    cluster = Cluster("abc", anti_entropy=False)
    key = cluster.key()
    first = actor_of(cluster, "a", key)
    cluster.disks["a"].corrupt.add(key)
    cluster.reboot("a")
    assert actor_on_disk(cluster, "a", key) == ""
    cluster.settle()
    cluster.run(2 * SECOND)
    assert actor_of(cluster, "a", key) not in ("", first)


def test_an_actor_dies_with_its_reaped_tombstone() -> None:
    cluster = Cluster("abc", reap_grace_us=10 * SECOND)
    key = cluster.key()
    shown = cluster.put("a", key, b"v")
    cluster.delete("a", key, context=shown.context)
    cluster.run(40 * SECOND)
    assert cluster.held("a", key) is None
    assert actor_on_disk(cluster, "a", key) == ""
    assert shown.dot is not None
    assert actor_of(cluster, "a", key) != shown.dot[0]


def test_an_actor_survives_a_restart_with_its_record() -> None:
    cluster = Cluster("abc")
    first = actor_of(cluster, "a", cluster.key())
    cluster.reboot("a")
    assert actor_of(cluster, "a", cluster.key()) == first


def test_under_last_writer_wins_every_put_has_an_actor_of_its_own_and_none_is_kept() -> None:
    cluster = Cluster("abc", versions="lww", birth_lease=2)
    key = cluster.key()
    actors = [actor_of(cluster, "a", key) for _ in range(5)]
    assert len(set(actors)) == 5
    assert actor_on_disk(cluster, "a", key) == ""


def test_a_put_that_waits_for_the_lease_fails_where_the_lease_does_not_come_in_time() -> None:
    cluster = Cluster("abc", birth_lease=1)
    cluster.put("a", cluster.key(0), b"v")
    cluster.stuck.add("a")
    asked = cluster.ask("a", PUT, cluster.key(1), b"v")
    cluster.run(2 * SECOND)
    assert cluster.reply(asked).status == FAIL
    cluster.stuck.clear()
    cluster.settle()
    assert len(cluster.minted) == 1
    assert cluster.put("a", cluster.key(1), b"v").status == OK


def test_a_hint_in_flight_does_not_carry_a_dead_actor_back_to_life() -> None:
    """The hint arrives twice; the second time after its actor has died and its successor has written."""
    cluster = Cluster("abcd", anti_entropy=False)
    hinted_put(cluster, b"one")
    cluster.boot("a")
    cluster.sync("a")
    cluster.now_us += SECOND
    cluster.nodes["d"].host.detector.heard("a", cluster.now_us)
    cluster.fire("d", "handoff")
    (handoff,) = cluster.packets(of(Handoff))
    cluster.settle()
    hinted_put(cluster, b"two")
    cluster.boot("a")
    cluster.sync("a")
    cluster.hand_in(handoff)
    cluster.run(3 * SECOND)
    assert len({minted.dot[0] for minted in cluster.minted}) == 2
    assert sorted(cluster.get("b", cluster.key(), r=3).values) == [b"one", b"two"]
