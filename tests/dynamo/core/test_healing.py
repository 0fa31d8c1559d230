"""Healing a record that does not match its checksum: from all other owners, or not yet."""

from dynamo.core.actors import ACTOR_PREFIX
from dynamo.core.effects import META
from dynamo.core.messages import FAIL, OK, Read, ReadReply, Replicate, Stored
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of


def damaged(**config: bool) -> tuple[Cluster, bytes]:
    """The copy of `a`, which made the version, is found damaged when it starts."""
    cluster = Cluster("abc", anti_entropy=False, **config)
    key = cluster.key()
    cluster.put("a", key, b"v", w=3)
    cluster.disks["a"].corrupt.add(key)
    cluster.reboot("a")
    return cluster, key


def tell(cluster: Cluster, key: bytes, *names: str) -> None:
    """`a` asks for what it lost; only `names` get the question."""
    cluster.fire("a", "handoff")
    for name in "bc":
        if name not in names:
            cluster.take(of(Read, to=name))
    cluster.settle()


def told(cluster: Cluster, key: bytes) -> bool:
    """Whether `a` tells anything of the key."""
    cluster.hand_in(Packet("b", "a", Read(5, key)))
    (reply,) = cluster.take(of(ReadReply, to="b"))
    return reply.message.state is not None


def test_it_is_healed_when_all_other_owners_have_answered_and_not_before() -> None:
    cluster, key = damaged()
    tell(cluster, key, "b")
    assert not told(cluster, key)
    tell(cluster, key, "c")
    assert told(cluster, key)
    assert cluster.held("a", key) == cluster.held("b", key)


def test_an_owner_that_has_answered_is_not_asked_again() -> None:
    cluster, key = damaged()
    tell(cluster, key, "b")
    cluster.fire("a", "handoff")
    assert [packet.to for packet in cluster.packets(of(Read))] == ["c"]


def test_a_put_of_which_only_the_damaged_copy_and_one_other_know_is_not_lost() -> None:
    """The damaged copy was one of W=2; the other owner of the two is the last to answer."""
    cluster = Cluster("abc", anti_entropy=False, sloppy=False)
    key = cluster.key()
    cluster.cut = of(to="b")
    assert cluster.put("a", key, b"v").status == OK
    cluster.cut = lambda _packet: False
    cluster.disks["a"].corrupt.add(key)
    cluster.reboot("a")
    tell(cluster, key, "b")
    assert not told(cluster, key), "the other two together do not know of an acknowledged put"
    tell(cluster, key, "c")
    assert cluster.values("a", key) == [b"v"]


def test_nothing_is_acknowledged_of_a_damaged_record_but_what_came_in_is_not_lost_with_it() -> None:
    cluster, key = damaged()
    cluster.ask("b", "put", key, b"new")
    cluster.sync("b")
    cluster.deliver(of(Replicate))
    cluster.sync()
    assert [packet.sender for packet in cluster.packets(of(Stored))] == ["c"]
    cluster.settle()
    tell(cluster, key, "b", "c")
    assert cluster.values("a", key) == [b"v", b"new"]


def test_a_put_through_a_node_with_a_damaged_record_fails_and_makes_nothing() -> None:
    cluster, key = damaged()
    response = cluster.put("a", key, b"w")
    assert (response.status, response.reason) == (FAIL, "the coordinator's copy is damaged and being healed")
    assert len(cluster.minted) == 1


def test_the_actor_of_a_damaged_record_is_dead_on_disk_before_the_record_is_healed() -> None:
    cluster, key = damaged()
    assert ACTOR_PREFIX + key not in cluster.disks["a"].durable[META]
    tell(cluster, key, "b", "c")
    cluster.reboot("a")
    dot = cluster.put("a", key, b"w").dot
    assert dot is not None
    assert dot[0] not in {minted.dot[0] for minted in cluster.minted[:1]}


def test_a_record_that_a_load_finds_damaged_is_healed_too_and_its_actor_is_dead() -> None:
    cluster = Cluster("abc", anti_entropy=False)
    key = cluster.key()
    cluster.put("a", key, b"v", w=3)
    cluster.reboot("a")
    cluster.disks["a"].corrupt.add(key)
    assert cluster.get("a", key).values == (b"v",)
    assert ACTOR_PREFIX + key not in cluster.disks["a"].durable[META]
    cluster.run(2 * SECOND)
    assert cluster.values("a", key) == [b"v"]
    assert cluster.put("a", key, b"w").values == (b"v", b"w")


def test_a_restart_begins_anew_and_the_record_is_healed_in_the_end() -> None:
    cluster, key = damaged()
    tell(cluster, key, "b")
    cluster.reboot("a")
    tell(cluster, key, "c")
    assert not told(cluster, key), "what was heard before the restart is forgotten"
    tell(cluster, key, "b")
    assert cluster.values("a", key) == [b"v"]


def test_a_duplicated_or_late_answer_is_harmless() -> None:
    cluster, key = damaged()
    cluster.fire("a", "handoff")
    cluster.deliver(of(Read))
    late = cluster.take(of(ReadReply))
    cluster.hand_in(late[0], late[0])
    assert not told(cluster, key)
    cluster.hand_in(*late, *late)
    cluster.sync("a")
    newer = cluster.put("a", key, b"w", context=cluster.get("b", key).context)
    cluster.hand_in(*late)
    cluster.settle()
    assert newer.values == (b"w",)
    assert cluster.values("a", key) == [b"w"]


def both_damaged() -> tuple[Cluster, bytes]:
    """`a` and `b` have a damaged copy, `c` has a sound one."""
    cluster, key = damaged()
    cluster.disks["b"].corrupt.add(key)
    cluster.reboot("b")
    return cluster, key


def test_two_owners_with_damaged_copies_do_not_wait_for_each_other() -> None:
    """Found by `bit-rot` (seed 4 of the default run): each waited for ever for the other one to be able to tell."""
    cluster, key = both_damaged()
    tell(cluster, key, "b")
    assert not told(cluster, key), "one that cannot tell is not enough"
    tell(cluster, key, "c")
    assert cluster.values("a", key) == [b"v"]
    cluster.fire("b", "handoff")
    cluster.settle()
    assert cluster.values("b", key) == [b"v"]


def test_an_owner_that_could_not_tell_is_asked_again_while_others_are_missing() -> None:
    cluster, key = both_damaged()
    tell(cluster, key, "b")
    cluster.fire("a", "handoff")
    assert [packet.to for packet in cluster.packets(of(Read))] == ["b", "c"]


def test_an_owner_that_recovers_a_lost_disk_tells_who_heals_what_it_has_acknowledged_since() -> None:
    """It tells readers nothing yet; but a write that it has acknowledged may have its only other copy here."""
    cluster = Cluster("abc", anti_entropy=False, sloppy=False)
    key = cluster.key()
    cluster.lose_disk("b")
    cluster.boot("b")
    cluster.sync("b")
    cluster.cut = of(to="c")
    assert cluster.put("a", key, b"v").status == OK
    cluster.cut = lambda _packet: False
    cluster.disks["a"].corrupt.add(key)
    cluster.reboot("a")
    cluster.hand_in(Packet("c", "b", Read(5, key)))
    (reply,) = cluster.take(of(ReadReply, to="c"))
    assert reply.message.state is None, "it is recovering"
    tell(cluster, key, "b", "c")
    assert cluster.values("a", key) == [b"v"]


def test_a_record_that_no_other_owner_has_is_forgotten() -> None:
    cluster = Cluster("abc", anti_entropy=False)
    key = cluster.key()
    cluster.ask("a", "put", key, b"v", w=1)
    cluster.sync("a")
    cluster.take(of(Replicate))
    cluster.disks["a"].corrupt.add(key)
    cluster.reboot("a")
    tell(cluster, key, "b", "c")
    assert cluster.held("a", key) is None
    assert cluster.put("a", key, b"w").values == (b"w",)


def test_a_record_that_has_no_other_owner_is_forgotten_without_an_answer() -> None:
    cluster = Cluster("ab", n=1, r=1, w=1)
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    cluster.disks["a"].corrupt.add(key)
    cluster.reboot("a")
    assert list(cluster.nodes["a"].replica.damaged) == [key]
    cluster.fire("a", "handoff")
    cluster.settle()
    assert cluster.nodes["a"].replica.damaged == {}
    assert cluster.put("a", key, b"w").values == (b"w",)


def test_questions_that_are_never_answered_do_not_pile_up() -> None:
    """An owner may be away for days."""
    cluster, _ = damaged()
    cluster.crash("c")
    cluster.run(60 * SECOND)
    assert len(cluster.nodes["a"].healing._keys) <= 10
