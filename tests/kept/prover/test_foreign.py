"""kept.prover.foreign: configurations of Riak, Voldemort and Cassandra."""

import pytest

from kept.lab.usage import UsageError
from kept.prover.foreign import cassandra_schema, riak_conf, riak_properties, voldemort_stores

STORES = """<stores>
  <store><name>carts</name><persistence>bdb</persistence><routing>client</routing>
    <replication-factor>3</replication-factor><preferred-reads>2</preferred-reads>
    <required-reads>2</required-reads><required-writes>1</required-writes></store>
  <store><name>views</name><replication-factor>1</replication-factor>
    <required-reads>1</required-reads><required-writes>1</required-writes></store>
</stores>"""

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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<stores", "no XML"),
        ("<!DOCTYPE x []><stores/>", "document type"),
        ("<cluster/>", "without a <store>"),
        ("<store><name>a</name></store>", "replication-factor: ''; accepted: a whole number"),
        ("<store><name>a</name><zone-replication-factor/></store>", "stores of one zone, or --dc"),
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
