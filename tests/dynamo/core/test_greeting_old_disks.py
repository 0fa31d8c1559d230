"""A disk that is behind what the others remember of its node is noticed at the start, and treated like a lost one."""

from copy import deepcopy

import pytest

from dynamo.core.messages import OK, Read, ReadReply
from tests.dynamo.core.cluster import MS, SECOND, Cluster, Packet, of
from tests.dynamo.core.starting import answer, remembered, restarted, serving


def old_disk(cluster: Cluster, name: str) -> None:
    """`name` has been started since this image of its disk was taken, and the others have heard of that; the image is
    put back."""
    image = deepcopy(cluster.disks[name].durable)
    cluster.reboot(name)
    cluster.run(10 * SECOND)
    cluster.crash(name)
    cluster.disks[name].durable = image


def test_a_disk_that_is_behind_what_the_others_remember_is_treated_like_a_lost_one() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    old_disk(cluster, "a")
    cluster.boot("a", greeted=False)
    answer(cluster, "b", "c")
    assert serving(cluster)
    node = cluster.nodes["a"]
    assert cluster.marked("a", "old disk noticed") == 1
    assert node.host.incarnation == "a0.3"
    assert cluster.held("a", key) is None
    assert set(node.replica.recovering) == set(node.host.ring.partitions_of("a"))
    cluster.hand_in(Packet("b", "a", Read(5, key)))
    (reply,) = cluster.take(of(ReadReply))
    assert reply.message.state is None
    cluster.run(60 * SECOND)
    assert node.replica.recovering == {}
    assert cluster.values("a", key) == [b"v"]


@pytest.mark.parametrize("remembers", ["b", "c"])
@pytest.mark.parametrize("boots_later", [0, 1], ids=["a later heartbeat", "a later boot"])
def test_one_who_remembers_is_enough(remembers: str, boots_later: int) -> None:
    cluster = restarted()
    boot, beat = remembered(cluster, "a")
    later = (boot + 1, 0) if boots_later else (boot, beat + 1)
    for name in "bc":
        answer(cluster, name, known=later if name == remembers else (boot, beat))
    assert serving(cluster)
    assert cluster.marked("a", "old disk noticed") == 1


@pytest.mark.parametrize("missed", [0, 1])
def test_what_the_disk_remembers_itself_makes_it_no_old_one(missed: int) -> None:
    """Nor that the others have missed a heartbeat."""
    cluster = restarted()
    boot, beat = remembered(cluster, "a")
    answer(cluster, "b", "c", known=(boot, beat - missed))
    assert serving(cluster)
    assert cluster.marked("a", "old disk noticed") == 0
    assert cluster.nodes["a"].host.incarnation == "a0"


@pytest.mark.parametrize("span_us", [2 * SECOND, 10 * SECOND])
def test_an_image_of_the_same_boot_is_an_old_disk_too(span_us: int) -> None:
    """The node was not started again since; or the disk has said "synced" for so long, and was not."""
    cluster = Cluster("abcd")
    cluster.run(5 * SECOND)
    image = deepcopy(cluster.disks["a"].durable)
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    cluster.run(span_us)
    cluster.crash("a")
    cluster.disks["a"].durable = image
    cluster.boot("a")
    cluster.sync("a")
    assert cluster.marked("a", "old disk noticed") == 1
    assert cluster.nodes["a"].host.incarnation == "a0.2"
    cluster.run(60 * SECOND)
    assert cluster.values("a", key) == [b"v"]


def test_a_crash_leaves_no_old_disk_however_long_the_disk_had_hung_before_it() -> None:
    """Nobody is told of a heartbeat that is not durable, so whatever a crash takes, nobody remembers more."""
    for tenths in range(1, 30, 4):
        cluster = Cluster("abcd")
        cluster.run(2 * SECOND)
        cluster.stuck.add("a")
        cluster.run(tenths * 100 * MS)
        cluster.crash("a")
        cluster.boot("a")
        cluster.sync("a")
        assert cluster.marked("a", "old disk noticed") == 0


def test_an_old_disk_brings_nothing_back_that_was_deleted_and_forgotten() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    image = deepcopy(cluster.disks["c"].durable)
    assert cluster.values("c", key) == [b"v"]
    cluster.reboot("c")
    assert cluster.delete("a", key, context=cluster.get("a", key).context).status == OK
    cluster.run(200 * SECOND)
    assert all(cluster.held(name, key) is None for name in "abc"), "reaped"
    cluster.crash("c")
    cluster.disks["c"].durable = image
    cluster.boot("c")
    cluster.run(60 * SECOND)
    assert cluster.get("b", key).values == ()
    assert all(cluster.held(name, key) is None for name in "abc")


def test_an_old_disk_gives_no_name_twice() -> None:
    """Its node would count on from where the image stands."""
    cluster = Cluster("abcd")
    key = cluster.key()
    image = deepcopy(cluster.disks["a"].durable)
    cluster.reboot("a")
    assert cluster.put("a", key, b"one").status == OK
    cluster.run(10 * SECOND)
    cluster.crash("a")
    cluster.disks["a"].durable = image
    cluster.boot("a")
    cluster.settle()
    assert cluster.put("a", key, b"two").status == OK
    dots = [minted.dot for minted in cluster.minted]
    assert len(set(dots)) == 2
    assert sorted(cluster.get("b", key).values) == [b"one", b"two"]


def test_a_lost_disk_is_not_an_old_one() -> None:
    cluster = Cluster("abcd")
    cluster.run(5 * SECOND)
    cluster.lose_disk("a")
    cluster.boot("a", greeted=False)
    answer(cluster, "b", "c")
    assert serving(cluster)
    assert cluster.marked("a", "lost disk noticed") == 1
    assert cluster.marked("a", "old disk noticed") == 0
