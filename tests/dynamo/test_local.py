"""The store as one process uses it: real nodes over real engines, with nothing simulated."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynamo.core.config import StoreConfig
from dynamo.core.effects import Reply
from dynamo.core.errors import CallerError
from dynamo.core.messages import Response
from dynamo.local import LocalCluster, RequestFailed

QUICK = StoreConfig(
    n=3, r=2, w=2, timeout_us=1_000_000, hedge_us=60_000, gossip_us=30_000, handoff_us=20_000, exchange_us=40_000
)


@pytest.fixture(params=["memory", "sqlite"])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalCluster]:
    with LocalCluster(4, QUICK, tmp_path if request.param == "sqlite" else None) as store:
        yield store


def test_a_get_returns_what_was_put_and_a_context_for_it(cluster: LocalCluster) -> None:
    put = cluster.put(b"cart", b"", b"milk")
    got = cluster.get(b"cart")
    assert got.values == (b"milk",)
    assert got.dots == (put.dot,)
    assert cluster.put(b"cart", got.context, b"milk,bread").dot != put.dot
    assert cluster.get(b"cart").values == (b"milk,bread",)


def test_puts_that_have_not_seen_each_other_are_siblings_until_one_has_seen_both(cluster: LocalCluster) -> None:
    cluster.put(b"cart", b"", b"milk")
    cluster.put(b"cart", b"", b"eggs")
    both = cluster.get(b"cart")
    assert sorted(both.values) == [b"eggs", b"milk"]
    cluster.put(b"cart", both.context, b"eggs,milk")
    assert cluster.get(b"cart").values == (b"eggs,milk",)


def test_a_delete_removes_what_its_context_has_seen_and_nothing_else(cluster: LocalCluster) -> None:
    cluster.put(b"k", b"", b"old")
    seen = cluster.get(b"k").context
    cluster.put(b"k", b"", b"unseen")
    cluster.delete(b"k", seen)
    assert cluster.get(b"k").values == (b"unseen",)


def test_a_key_that_was_never_put_has_no_values(cluster: LocalCluster) -> None:
    assert cluster.get(b"nothing").values == ()


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda s: s.delete(b"k", b""), "fail: context: a delete needs the context of a get"),
        (lambda s: s.put(b"k", b"junk", b"v"), "fail: context: it has 4 bytes"),
        (lambda s: s.put(b"k" * 5_000, b"", b"v"), "fail: key: 5000 bytes; accepted: up to 4096"),
        (lambda s: s.put(b"k", b"", b"v" * 2_000_000), "fail: value: 2000000 bytes; accepted: up to 1048576"),
        (lambda s: s.put(b"k", b"", b"v", w=4), "fail: w: 4 is out of range; accepted: 1 to N=3"),
        (lambda s: s.get(b"k", pr=3), "fail: pr: 3 is out of range; accepted: 0 to R"),
    ],
)
def test_what_the_store_cannot_accept_fails_with_one_clear_line(cluster: LocalCluster, call, line: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RequestFailed) as error:
        call(cluster)
    assert str(error.value).startswith(line)
    assert "\n" not in str(error.value)


def test_writes_go_on_without_a_node_and_are_handed_to_it_when_it_is_back(cluster: LocalCluster) -> None:
    cluster.stop("n2")
    for i in range(24):  # n2 owns about three keys in four
        _put_until_ok(cluster, b"k%d" % i)
    assert cluster.marks["hint stored"] > 0
    cluster.start("n2")
    for _ in range(40):
        cluster.tick(0.05)
        if all(not node.replica.hints for node in cluster._nodes.values()):
            break
    assert all(not node.replica.hints for node in cluster._nodes.values())
    for i in range(24):
        partition = cluster._nodes["n2"].host.partition(b"k%d" % i)
        for owner in cluster._nodes["n2"].host.ring.owners(partition):
            assert [v.value for v in _held(cluster, owner, b"k%d" % i)] == [b"v"]


def _put_until_ok(cluster: LocalCluster, key: bytes) -> None:
    """Whoever asks n2 first gets no answer, and then asks another."""
    for _ in range(4):
        with contextlib.suppress(RequestFailed):
            cluster.put(key, b"", b"v")
            return


def _held(cluster: LocalCluster, node: str, key: bytes):  # type: ignore[no-untyped-def]
    state = cluster._engines[node].read("data", key)
    return state.versions if state is not None else ()  # type: ignore[union-attr]


def test_what_was_acknowledged_is_there_after_the_process_has_ended(tmp_path: Path) -> None:
    with LocalCluster(3, QUICK, tmp_path) as store:
        store.put(b"cart", b"", b"milk")
    with LocalCluster(3, QUICK, tmp_path) as store:
        assert store.get(b"cart").values == (b"milk",)


def test_a_dot_is_not_given_twice_across_restarts(tmp_path: Path) -> None:
    dots = []
    for _ in range(4):
        with LocalCluster(3, QUICK, tmp_path) as store:
            dots += [store.put(b"cart", b"", b"%d" % i).dot for i in range(3)]
    assert len(set(dots)) == 12


def test_a_damaged_record_is_healed_from_the_other_owners(tmp_path: Path) -> None:
    with LocalCluster(3, QUICK, tmp_path) as store:
        store.put(b"cart", b"", b"milk", w=3)
    with sqlite3.connect(tmp_path / "n1.sqlite") as database:
        tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        table = next(name for name in tables if "data" in name)
        key, value = next(
            row[:2] for row in database.execute(f"select key, record from {table}") if bytes(row[0]) == b"cart"
        )
        spoiled = bytes(value[:-1]) + bytes([value[-1] ^ 1])
        database.execute(f"update {table} set record = ? where key = ?", (spoiled, key))
    database.close()
    with LocalCluster(3, QUICK, tmp_path) as store:
        assert store.marks["damaged record found"] == 1
        assert store.get(b"cart").values == (b"milk",), "the other two answer"
        for _ in range(40):
            store.tick(0.05)
            if store.marks.get("damaged record healed"):
                break
        assert [v.value for v in _held(store, "n1", b"cart")] == [b"milk"]


@pytest.mark.parametrize("name", [b"births", b"generation", b"incarnation"])
@pytest.mark.parametrize("how", ["damaged", "gone"])
def test_a_node_whose_identity_is_not_whole_comes_back_under_another_name(
    tmp_path: Path, name: bytes, how: str
) -> None:
    """It cannot tell any more which names it has given: none is given under the old one, and the others are asked."""
    with LocalCluster(3, QUICK, tmp_path) as store:
        dots = {store.put(b"cart", b"", b"%d" % i).dot for i in range(6)}
        before = store._nodes["n2"].host.incarnation
    with sqlite3.connect(tmp_path / "n2.sqlite") as database:
        if how == "gone":
            database.execute("delete from meta where key = ?", (name,))
        else:
            (value,) = database.execute("select record from meta where key = ?", (name,)).fetchone()
            database.execute("update meta set record = ? where key = ?", (value[:-1] + bytes([value[-1] ^ 1]), name))
    database.close()
    with LocalCluster(3, QUICK, tmp_path) as store:
        assert store._nodes["n2"].host.incarnation != before
        assert store._nodes["n2"].replica.recovering
        dots |= {store.put(b"cart", b"", b"again %d" % i).dot for i in range(6)}
        assert len(dots) == 12
    with LocalCluster(3, QUICK, tmp_path) as store:
        alive = store._nodes["n2"].actors.alive.values()
        assert all(actor.startswith(store._nodes["n2"].host.incarnation) for actor in alive)


def test_a_node_that_lost_its_disk_comes_back_as_a_new_incarnation_and_recovers(tmp_path: Path) -> None:
    with LocalCluster(3, QUICK, tmp_path) as store:
        store.put(b"cart", b"", b"milk", w=3)
        before = store._nodes["n2"].host.incarnation
    for file in tmp_path.glob("n2.sqlite*"):
        file.unlink()
    with LocalCluster(3, QUICK, tmp_path) as store:
        assert store._nodes["n2"].host.incarnation != before
        assert store.get(b"cart").values == (b"milk",)
        for _ in range(60):
            store.tick(0.05)
            if not store._nodes["n2"].replica.recovering:
                break
        assert not store._nodes["n2"].replica.recovering
        assert [v.value for v in _held(store, "n2", b"cart")] == [b"milk"]


def test_an_answer_that_nobody_waits_for_any_more_is_not_kept(cluster: LocalCluster) -> None:
    cluster.put(b"k", b"", b"v")
    cluster._carry_out("n1", Reply("local", Response("an earlier request", "ok")))
    assert cluster._replies == {}
    assert cluster.get(b"k").values == (b"v",)
    assert cluster._replies == {}


def test_fewer_nodes_than_replicas_are_refused() -> None:
    with pytest.raises(CallerError, match="nodes: 2 is less than n: 3"):
        LocalCluster(2, QUICK)


def test_replicas_with_a_write_buffer_acknowledge_from_memory_and_keep_everything_on_close(tmp_path: Path) -> None:
    config = StoreConfig(n=3, r=2, w=3, durable_copies=1, handoff_us=20_000)
    with LocalCluster(3, config, tmp_path, buffer_records=8) as store:
        for i in range(40):
            store.put(b"k%d" % i, b"", b"v%d" % i)
        assert store.marks["acknowledged from memory"] == 80
        assert store.get(b"k39").values == (b"v39",)
    with LocalCluster(3, config, tmp_path) as store:
        for i in range(40):
            for name in ("n1", "n2", "n3"):
                assert [v.value for v in _held(store, name, b"k%d" % i)] == [b"v%d" % i]


def test_members_come_and_go_and_every_record_stays(tmp_path: Path) -> None:
    config = StoreConfig(handoff_us=20_000, gossip_us=50_000)
    with LocalCluster(3, config, directory=tmp_path) as cluster:
        for index in range(30):
            cluster.put(b"k%d" % index, b"", b"v%d" % index)
        cluster.join("n4")
        assert cluster.ring == ("n1", "n2", "n3", "n4")
        cluster.leave("n1")
        assert cluster.ring == ("n2", "n3", "n4")
        with pytest.raises(CallerError, match=r"^leave n1: node 'n1': is no member; members: n2, n3, n4$"):
            cluster.leave("n1")
        assert [cluster.get(b"k%d" % index).values for index in range(30)] == [(b"v%d" % i,) for i in range(30)]
    with LocalCluster(3, config, directory=tmp_path) as again:
        assert again.ring == ("n2", "n3", "n4"), "what is on the disks counts, not who founded it"
        assert again.get(b"k7").values == (b"v7",)


def test_a_change_that_waits_for_a_stopped_member_is_told_and_goes_on_when_it_is_back() -> None:
    with LocalCluster(4, StoreConfig(handoff_us=20_000, gossip_us=50_000)) as cluster:
        cluster.stop("n3")
        with pytest.raises(CallerError, match=r"^join n5: still under way after 0.2 s$"):
            cluster.join("n5", patience_s=0.2)
        assert "n5" not in cluster.ring
        cluster.start("n3")
        until = 200
        while "n5" not in cluster.ring and until:
            cluster.tick(0.05)
            until -= 1
        assert cluster.ring == ("n1", "n2", "n3", "n4", "n5")


def test_a_dead_member_is_removed() -> None:
    with LocalCluster(4, StoreConfig(handoff_us=20_000, gossip_us=50_000)) as cluster:
        context = cluster.put(b"k", b"", b"v").context
        cluster.stop("n2")
        cluster.remove("n2")
        assert cluster.ring == ("n1", "n3", "n4")
        assert cluster.get(b"k").values == (b"v",)
        assert cluster.put(b"k", context, b"w").status == "ok"


def test_a_node_that_is_stopped_and_started_is_in_its_next_boot() -> None:
    """(It was founded anew: its boots had one number, and an answer to the earlier one was taken for one to this.)"""
    with LocalCluster(3) as store:
        boots = []
        for _ in range(3):
            store.stop("n1")
            store.start("n1")
            boots.append(store._nodes["n1"].host.generation)
        assert 1 < boots[0] < boots[1] < boots[2]


def test_a_node_that_nobody_remembers_waits_until_somebody_vouches_for_its_disk(tmp_path: Path) -> None:
    config = StoreConfig(n=2, r=1, w=1, greeting_us=50_000)
    with LocalCluster(2, config, tmp_path) as store:
        store.put(b"cart", b"", b"milk", w=2)
        store.stop("n2")
        store.stop("n1")
        store.start("n1")
        with pytest.raises(RequestFailed, match="the node is starting"):
            store.get(b"cart")
        store.stop("n1")
        store.start("n1", vouch=True)
        assert store.get(b"cart").values == (b"milk",)
        store.start("n2", vouch=True)
        assert store.get(b"cart", r=2).values == (b"milk",)
