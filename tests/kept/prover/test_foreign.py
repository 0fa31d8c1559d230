"""kept.prover.foreign: configurations of Riak, Voldemort and Cassandra."""

from itertools import combinations, product

import pytest

import kept
from kept.lab.usage import UsageError
from kept.prover.foreign import cassandra_schema, riak_conf, riak_properties, voldemort_stores

STORES = """<stores>
  <store><name>carts</name><persistence>bdb</persistence><routing>client</routing>
    <replication-factor>3</replication-factor><preferred-reads>2</preferred-reads>
    <required-reads>2</required-reads><required-writes>1</required-writes></store>
  <store><name>views</name><replication-factor>1</replication-factor>
    <required-reads>1</required-reads><required-writes>1</required-writes></store>
</stores>"""


def zoned(
    reads: str = "1",
    writes: str = "0",
    factors: tuple[str, str] = ("2", "2"),
    ids: tuple[str, str] = ("0", "1"),
    required: tuple[str, str] = ("2", "3"),
) -> str:
    """A store with two zones."""
    rows = "".join(
        f'<replication-factor zone-id="{zone}">{factor}</replication-factor>'
        for zone, factor in zip(ids, factors, strict=True)
    )
    return (
        f"<store><name>orders</name><replication-factor>4</replication-factor>"
        f"<zone-replication-factor>{rows}</zone-replication-factor>"
        f"<required-reads>{required[0]}</required-reads><required-writes>{required[1]}</required-writes>"
        f"<zone-count-reads>{reads}</zone-count-reads><zone-count-writes>{writes}</zone-count-writes></store>"
    )


SCHEMA = """-- CREATE KEYSPACE old WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE KEYSPACE IF NOT EXISTS shop
  WITH replication = {'class': 'NetworkTopologyStrategy', 'eu': '3', 'us': 2, 'off': 0} AND durable_writes = true;
create keyspace "logs" with replication =
  {'class': 'org.apache.cassandra.locator.SimpleStrategy', 'replication_factor': 3};
"""


def test_riaks_defaults_are_three_replicas_and_sloppy_majorities() -> None:
    assert riak_properties({}) == {"n": 3, "r": 2, "w": 2, "pr": 0, "pw": 0, "synced": 2, "sloppy": True}


def test_a_riak_conf_is_read_with_its_words() -> None:
    text = "ring_size = 64\nbuckets.default.n_val = 5  # more\nbuckets.default.r = one\nbuckets.default.dw = all\n"
    assert riak_conf(text) == {"n": 5, "r": 1, "w": 5, "pr": 0, "pw": 0, "synced": 5, "sloppy": True}


def test_a_put_that_waits_for_more_disks_than_acknowledgements_waits_for_the_disks() -> None:
    assert riak_properties({"w": 1, "dw": 2})["w"] == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ring_size = 64", "no buckets.default.n_val"),
        ("buckets.default.n_val", "line 1"),
        (
            "buckets.default.r = qourum",
            "r: qourum; accepted: a whole number, one, quorum, all, default; did you mean quorum?",
        ),
        ("buckets.default.n_val = many", "n_val: many; accepted: a whole number"),
    ],
)
def test_a_riak_conf_that_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        riak_conf(text)


def test_every_store_of_a_stores_xml_is_read() -> None:
    assert voldemort_stores(STORES) == [
        {"name": "carts", "n": 3, "r": 2, "w": 1},
        {"name": "views", "n": 1, "r": 1, "w": 1},
    ]


def test_zones_become_quorums_over_the_replicas_of_each() -> None:
    assert voldemort_stores(zoned()) == [
        {
            "name": "orders",
            "quorums": "choose(2, zone0-1, zone0-2, zone1-1, zone1-2) * "
            "choose(2, (zone0-1 + zone0-2), (zone1-1 + zone1-2))",
            "write_quorums": "choose(3, zone0-1, zone0-2, zone1-1, zone1-2) * "
            "choose(1, (zone0-1 + zone0-2), (zone1-1 + zone1-2))",
            "racks": {"zone0": ("zone0-1", "zone0-2"), "zone1": ("zone1-1", "zone1-2")},
        }
    ]


@pytest.mark.parametrize("required", list(product((1, 2, 3), repeat=2)))
@pytest.mark.parametrize("counts", list(product((0, 1), repeat=2)))
def test_zoned_quorums_meet_exactly_where_no_two_sets_of_replicas_avoid_each_other(
    required: tuple[int, int], counts: tuple[int, int]
) -> None:
    """Brute force over sets of replicas, by Voldemort's own rule: enough replies, from enough different zones."""
    factors = ("1", "2")
    text = zoned(str(counts[0]), str(counts[1]), factors, required=(str(required[0]), str(required[1])))
    (fields,) = voldemort_stores(text.replace(">4<", ">3<", 1))
    replicas = ((0, 1), (1, 1), (1, 2))  # zone, number

    def enough(chosen: tuple[tuple[int, int], ...], at: int) -> bool:
        return len(chosen) >= required[at] and len({zone for zone, _ in chosen}) >= counts[at] + 1

    sets = [chosen for size in range(4) for chosen in combinations(replicas, size)]
    avoid = any(enough(one, 0) and enough(other, 1) for one in sets for other in sets if not {*one} & {*other})
    assert kept.prove(**fields).result == ("refuted" if avoid else "proved")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<stores", "no XML"),
        ("<!DOCTYPE x []><stores/>", "document type"),
        ("<cluster/>", "without a <store>"),
        ("<store><name>a</name></store>", "replication-factor: ''; accepted: a whole number"),
        (zoned(factors=("1", "2")), "3 replicas in zones; accepted: replication-factor, 4"),
        (zoned(reads="2"), "store orders: zone-count-reads: 2; accepted: 0 to 1, the zones beside one"),
        (zoned(writes=""), "zone-count-writes: ''; accepted: a whole number"),
        (zoned(factors=("2", "x")), "zone 1: x; accepted: a whole number"),
        (zoned(ids=("0", "0")), "zone-id: 0; accepted: a whole number, each zone once"),
        (zoned(required=("5", "1")), "required-reads: 5; accepted: 1 to 4, replication-factor"),
    ],
)
def test_a_stores_xml_that_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        voldemort_stores(text)


def test_every_keyspace_of_a_schema_is_read_and_comments_are_not() -> None:
    assert cassandra_schema(SCHEMA) == [
        {"name": "shop", "dc": {"eu": 3, "us": 2}},
        {"name": "logs", "dc": {"datacenter1": 3}},
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("CREATE TABLE x", "no CREATE KEYSPACE"),
        (
            "CREATE KEYSPACE a WITH replication = {'class': 'NetworkTopologyStrateg'}",
            "did you mean NetworkTopologyStrategy",
        ),
        ("CREATE KEYSPACE a WITH replication = {'class': 'NetworkTopologyStrategy', 'eu': 'x'}", "keyspace a: eu: x"),
    ],
)
def test_a_schema_that_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        cassandra_schema(text)
