"""kept.scenario.config: the words of ``cluster``, checked."""

import pytest

from dynamo.core.ring import Ring
from kept.scenario.config import ClusterConfig, cluster_of
from kept.scenario.failing import ScenarioError
from model.placement import Placement


def ring(config: ClusterConfig) -> Ring:
    store = config.store()
    return Ring(config.members(), store.n, store.strategy, store.partitions)


def test_in_a_row_every_key_belongs_to_the_first_nodes_as_they_were_named() -> None:
    config = cluster_of(["nodes=Sz,Sx,Sy,Sw", "n=2"])
    for number in range(200):
        assert ring(config).preference(b"key %d" % number) == ("Sz", "Sx", "Sy", "Sw")


def test_the_checkers_place_the_keys_of_a_row_where_the_store_does() -> None:
    from histories.header import Ring as Described
    from kept.lab.settle import describe

    config = cluster_of([])
    meant = Placement(Described.model_validate(describe(config.members(), config.n, config.strategy, 0)))
    assert meant.owners(b"cart") == ("n1", "n2", "n3")


def test_a_number_of_nodes_names_them() -> None:
    assert cluster_of(["nodes=3"]).nodes == ("n1", "n2", "n3")


@pytest.mark.parametrize("strategy", ["1", "2", "3"])
def test_the_papers_strategies_are_those_of_kept_run(strategy: str) -> None:
    config = cluster_of([f"ring={strategy}"])
    assert config.run().ring == int(strategy)
    assert len({ring(config).preference(b"key %d" % number)[:3] for number in range(200)}) > 3


def test_a_changed_field_leaves_the_others() -> None:
    config = cluster_of(["nodes=4", "w=3"])
    assert cluster_of(["versions=lww"], config) == cluster_of(["nodes=4", "w=3", "versions=lww"])


def test_the_store_gets_every_field() -> None:
    words = ["n=4", "r=3", "w=4", "pr=1", "pw=2", "sloppy=no", "versions=vv", "read_repair=off", "anti_entropy=no"]
    store = cluster_of([*words, "durable_copies=2", "birth_lease=7", "max_hints=1", "cache_records=9"]).store()
    assert (store.n, store.r, store.w, store.pr, store.pw, store.sloppy) == (4, 3, 4, 1, 2, False)
    assert (store.versions, store.read_repair, store.anti_entropy) == ("vv", "off", False)
    assert (store.durable_copies, store.birth_lease, store.max_hints, store.cache_records) == (2, 7, 1, 9)


def test_claims_are_what_is_promised_and_what_the_bug_breaks() -> None:
    assert "no-lost-write" not in cluster_of(["versions=lww"]).claims()
    assert "fresh-reads" in cluster_of(["sloppy=no"]).claims()
    assert "placement" in cluster_of(["bug=rack-blind", "anti_entropy=no"]).claims()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["n=9"], "n: 9 is more than the nodes: 5; accepted: 1 to 5"),
        (["w=4"], "w: 4 is out of range; accepted: 1 to 3"),
        (["nodes=0"], "nodes: ''; accepted: 1 to 32, or as many distinct names"),
        (["nodes=999"], "accepted: 1 to 32, or as many distinct names"),
        (["nodes=a,a,b"], "nodes: a,a,b; accepted: 1 to 32, or as many distinct names"),
        (["nodes=a,b c,d"], "nodes: 'b c'; accepted: a letter, then up to 15 letters, digits, _ or -"),
        (["versions=dv"], "versions: dv; accepted: dvv, vv, lww; did you mean dvv?"),
        (["sloppy=perhaps"], "sloppy: perhaps; accepted: yes, no"),
        (["birth_lease=0"], "birth_lease: 0; accepted: 1 or more"),
        (["bug=canry"], "bug: canry; accepted: canary, "),
        (["colour=blue"], "colour: unknown field; accepted: nodes, "),
        (["nodes"], "nodes; accepted: FIELD=VALUE, each field once"),
        (["n=3", "n=3"], "n=3; accepted: FIELD=VALUE, each field once"),
    ],
)
def test_a_cluster_that_cannot_be_is_told_in_one_line(words: list[str], line: str) -> None:
    with pytest.raises(ScenarioError) as error:
        cluster_of(words)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_rings_name_the_nodes_and_each_has_its_own_tokens() -> None:
    config = cluster_of(["rings=a,b,c|d,e,f", "ring=3", "partitions=6"])
    assert config.nodes == ("a", "b", "c", "d", "e", "f")
    assert [[member.name for member in ring] for ring in config.founders()] == [["a", "b", "c"], ["d", "e", "f"]]
    assert all(sorted(t for member in ring for t in member.tokens) == list(range(6)) for ring in config.founders())
    assert cluster_of(["w=3"], config).rings == config.rings


def test_nobody_is_promised_to_read_in_one_ring_what_was_put_in_another_or_that_what_it_replaced_is_gone() -> None:
    one, two = cluster_of(["nodes=6", "sloppy=no"]), cluster_of(["rings=a,b,c|d,e,f", "sloppy=no"])
    assert set(one.claims()) - set(two.claims()) == {
        "fresh-reads", "fresh-deletes", "no-false-sibling", "no-resurrection",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["rings=a,b,c"], "rings: a,b,c; accepted: two rings or more, each of at least N=3 nodes"),
        (["rings=a,b,c|d,e"], "rings: a,b,c|d,e; accepted: two rings or more, each of at least N=3 nodes"),
        (["rings=a,b,c|a,d,e"], "nodes: a,b,c,a,d,e; accepted: 1 to 32, or as many distinct names"),
        (["rings=a,b,c|d,e,f", "nodes=6"], "nodes: are named by the rings already; accepted: one of the two fields"),
        (["nodes=n1,n2,client"], "nodes: client; accepted: a letter"),
        (["nodes=n1,n2,operator"], "nodes: operator; accepted: a letter"),
    ],
)
def test_rings_that_cannot_be_are_told_in_one_line(words: list[str], line: str) -> None:
    with pytest.raises(ScenarioError) as error:
        cluster_of(words)
    assert line in str(error.value)
