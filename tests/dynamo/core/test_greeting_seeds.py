"""Whom a node asks that knows no ring: those that its configuration names, and those that its disk remembers."""

from dataclasses import replace

from dynamo.core.greeting import Greeting
from dynamo.core.membership import NO_TABLE
from dynamo.core.messages import Welcome
from dynamo.core.participant import MEMBERS
from tests.dynamo.core.cluster import Cluster, Packet
from tests.dynamo.core.operating import SETTLED_US, begin
from tests.dynamo.core.starting import answer, asked, restarted, serving, wait


def test_a_new_node_asks_its_seeds_and_without_an_answer_starts_all_the_same() -> None:
    cluster = Cluster("abcd", outsiders="x", boot=False)
    for name in "abcd":
        cluster.boot(name, genesis=True)
    cluster.settle()
    cluster.boot("x", greeted=False)
    assert serving(cluster, "x"), "without seeds there is nobody to ask"
    cluster.lose_disk("x")
    seeds = ("b", "x")
    cluster.rules = replace(cluster.rules, greeting=lambda host, own, _: Greeting(host, own, seeds))
    cluster.boot("x", greeted=False)
    assert asked(cluster, "x") == ["b"]
    assert not serving(cluster, "x")
    answer(cluster, "b", to="x")
    assert serving(cluster, "x")
    assert cluster.table("x") == NO_TABLE
    cluster.lose_disk("x")
    cluster.boot("x", greeted=False)
    wait(cluster, cluster.config.greeting_us, "x")
    assert serving(cluster, "x")


def test_whoever_cannot_read_its_table_asks_the_peers_that_it_remembers() -> None:
    """Those that its configuration names may all have been replaced."""
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    begin(cluster, "a", "join", "x")
    cluster.run(SETTLED_US)
    cluster.crash("x")
    cluster.disks["x"].corrupt.add(MEMBERS)
    cluster.boot("x", greeted=False)
    assert asked(cluster, "x") == ["a", "b", "c", "d"]
    answer(cluster, "c", to="x")
    assert cluster.table("x") == cluster.table("c")


def test_a_table_that_cannot_be_read_is_the_peers_error_and_the_greeting_goes_on() -> None:
    cluster = restarted()
    op = cluster.nodes["a"].host.boot_bits
    cluster.hand_in(Packet("b", "a", Welcome(op, 1, 0, b"[[")))
    assert cluster.marked("a", "peer's message refused") == 1
    assert not serving(cluster)
    answer(cluster, "c", "d")
    assert serving(cluster)
