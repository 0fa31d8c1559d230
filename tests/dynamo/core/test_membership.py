"""The membership table (Dynamo, section 4.8.1): plans, the order of tables, and encodings that are not trusted."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.errors import PeerError
from dynamo.core.membership import (
    CLOSE,
    FLIP,
    NO_TABLE,
    PHASES,
    PREPARE,
    TRANSFER,
    Plan,
    Table,
    decode_table,
    encode_table,
    founded,
)
from dynamo.core.ring import Member

NAMES = st.sampled_from(["a", "b", "c", "d", "é\n"])
MEMBERS = st.builds(
    Member,
    NAMES,
    st.lists(st.integers(0, 1 << 127), max_size=2, unique=True).map(tuple),
    st.sampled_from([1.0, 2.5]),
    st.sampled_from(["", "h"]),
    st.sampled_from(["", "r"]),
    st.sampled_from(["", "d"]),
    st.integers(0, 3),
)
GROUPS = st.lists(MEMBERS, max_size=3, unique_by=lambda member: member.name).map(lambda found: tuple(sorted(found)))
SOME = st.lists(NAMES, max_size=2, unique=True).map(lambda found: tuple(sorted(found)))
PLANS = st.builds(
    Plan,
    st.sampled_from(["a.1.1", "b.1.1"]),
    NAMES,
    st.sampled_from(["join d", ""]),
    GROUPS,
    st.integers(1, 2),
    SOME,
    SOME,
    st.sampled_from(PHASES),
    st.integers(0, 2),
)
TABLES = st.builds(Table, st.sampled_from(["", "one", "two"]), st.integers(0, 2), GROUPS, st.none() | PLANS)


def members(names: str) -> tuple[Member, ...]:
    return tuple(Member(name, (at,)) for at, name in enumerate(names))


# Tables


def test_a_new_cluster_has_epoch_one_its_members_sorted_and_no_plan() -> None:
    table = founded(reversed(members("abc")))
    assert (table.epoch, table.members, table.plan) == (1, members("abc"), None)
    assert table.names == ("a", "b", "c")


def test_equal_founders_found_one_cluster_and_others_another() -> None:
    assert founded(members("abc")) == founded(members("abc"))
    names = [founded(members(each)).cluster for each in ("abc", "ab", "abd", "c")]
    assert len(set(names)) == 4
    assert founded([Member("ab", (0,)), Member("c", (1,))]).cluster not in names


def test_nobody_founds_nothing() -> None:
    assert founded(()) == NO_TABLE
    assert (NO_TABLE.involved, NO_TABLE.target, NO_TABLE.names) == ((), (), ())


def test_a_member_is_found_by_its_name() -> None:
    table = founded(members("abc"))
    assert table.member("b") == Member("b", (1,))
    assert table.member("x") is None


def test_the_target_is_the_next_epochs_names_and_without_a_plan_this_epochs() -> None:
    table = founded(members("abc"))
    assert table.target == ("a", "b", "c")
    assert table._replace(plan=Plan("p", "a", "", members("bcd"))).target == ("b", "c", "d")


def test_involved_is_whoever_is_or_will_be_a_member_without_the_dead() -> None:
    table = founded(members("abc"))
    assert table.involved == ("a", "b", "c")
    plan = Plan("p", "a", "replace c by x", members("abx"), gone=("c",))
    assert table._replace(plan=plan).involved == ("a", "b", "x")
    assert table._replace(plan=plan._replace(gone=())).involved == ("a", "b", "c", "x")


def test_a_plan_is_decided_when_its_driver_begins_to_flip() -> None:
    plan = Plan("p", "a", "", members("abc"))
    assert [plan._replace(phase=phase).decided for phase in PHASES] == [False, False, True, True]
    assert PHASES == (PREPARE, TRANSFER, FLIP, CLOSE)


# Which of two tables is the newer


def test_a_later_epoch_is_newer_than_any_plan_for_it() -> None:
    old = Table("c", 1, members("ab"), Plan("z", "b", "", members("abc"), round=9, phase=CLOSE, term=9))
    assert Table("c", 2, members("ab")).rank > old.rank > Table("c", 1, members("ab")).rank


LADDER = [
    None,
    Plan("a", "a", "", (), round=1, phase=PREPARE),
    Plan("a", "a", "", (), round=1, phase=PREPARE, term=1),
    Plan("a", "a", "", (), round=1, phase=TRANSFER),
    Plan("b", "b", "", (), round=1, phase=PREPARE),
    Plan("a", "a", "", (), round=2, phase=PREPARE),
    Plan("b", "a", "", (), round=2, phase=TRANSFER, term=5),
    Plan("a", "a", "", (), round=1, phase=FLIP),
    Plan("a", "b", "", (), round=1, phase=FLIP, term=1),
    Plan("a", "c", "", (), round=1, phase=FLIP, term=1),
    Plan("a", "a", "", (), round=1, phase=CLOSE),
]
"""Each newer than the one before: decided, then the round, the plan's name, its phase, its term, its driver."""


def test_a_decided_plan_beats_a_later_round_that_a_greater_name_that_a_later_phase_that_a_greater_term() -> None:
    ranks = [Table("c", 1, (), plan).rank for plan in LADDER]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


@given(TABLES, TABLES, TABLES)
def test_ranks_are_a_total_order(one: Table, two: Table, three: Table) -> None:
    assert (one.rank < two.rank) + (one.rank == two.rank) + (one.rank > two.rank) == 1
    if one.rank <= two.rank <= three.rank:
        assert one.rank <= three.rank


# Encoding


@given(TABLES)
def test_decoding_inverts_encoding(table: Table) -> None:
    assert decode_table(encode_table(table)) == table


def test_no_table_has_an_encoding_too() -> None:
    assert decode_table(encode_table(NO_TABLE)) == NO_TABLE


@given(TABLES, TABLES)
def test_encodings_and_digests_are_equal_exactly_where_tables_are(one: Table, two: Table) -> None:
    same = one == two
    assert (encode_table(one) == encode_table(two)) == (one.digest == two.digest) == same
    assert len(one.digest) == 8


MEMBER: list[Any] = ["a", ["5"], 1.0, "h", "r", "d", 2]
PLANNED: list[Any] = ["a.1.1", "a", "join b", [MEMBER, ["b", ["6"], 2, "", "", "", 0]], 1, ["c"], [], "prepare", 0]
TABLE: list[Any] = ["cluster", 3, [MEMBER], PLANNED]


def spoilt(row: list[Any], at: int, value: Any) -> list[Any]:
    return [*row[:at], value, *row[at + 1 :]]


def encoded(table: Any) -> bytes:
    return json.dumps(table).encode()


def test_the_table_that_the_following_tests_spoil_is_good() -> None:
    decoded = decode_table(encoded(TABLE))
    a = Member("a", (5,), 1.0, "h", "r", "d", 2)
    assert decoded == Table("cluster", 3, (a,), Plan("a.1.1", "a", "join b", (a, Member("b", (6,), 2.0)), gone=("c",)))


BAD_COUNTS: list[Any] = ["1", 1.5, None, -1, True, []]
BAD_TEXTS: list[Any] = [7, None, ["h"], {"d": 1}]
BAD_GROUPS: list[Any] = [
    "a",
    None,
    [5],
    ["abcdefg"],
    [[]],
    [MEMBER[:6]],
    [[*MEMBER, 1]],
    [MEMBER, MEMBER],
    [["b", *MEMBER[1:]], MEMBER],
    {"a": 1},
]
BAD_TOKENS: list[Any] = ["x", 5, None, [5], [None], ["x"], ["-1"], ["1.0"], ["٣"], [""], ["9" * 5_000]]
BAD_WEIGHTS: list[Any] = ["heavy", None, [], True, 0, -1.0, float("nan"), float("inf"), 10**400]
BAD_LISTS: list[Any] = ["c", None, [5], [["c"]], {"c": 1}]
BAD_PHASES: list[Any] = ["gone", "", None, 3, []]
BAD_MEMBERS: list[tuple[int, Any]] = [
    *((0, value) for value in BAD_TEXTS),
    *((1, value) for value in BAD_TOKENS),
    *((2, value) for value in BAD_WEIGHTS),
    *((at, value) for at in (3, 4, 5) for value in BAD_TEXTS),
    *((6, value) for value in BAD_COUNTS),
]
BAD_PLANS: list[tuple[int, Any]] = [
    *((at, value) for at in (0, 1, 2) for value in BAD_TEXTS),
    *((3, value) for value in BAD_GROUPS),
    *((at, value) for at in (4, 8) for value in BAD_COUNTS),
    *((at, value) for at in (5, 6) for value in BAD_LISTS),
    *((7, value) for value in BAD_PHASES),
]
BAD_TABLES: list[Any] = [
    *(spoilt(TABLE, 0, value) for value in BAD_TEXTS),
    *(spoilt(TABLE, 1, value) for value in BAD_COUNTS),
    *(spoilt(TABLE, 2, value) for value in BAD_GROUPS),
    *(spoilt(TABLE, 3, value) for value in [5, "a", [], PLANNED[:8], [*PLANNED, 1], {}]),
    *(spoilt(TABLE, 3, spoilt(PLANNED, at, value)) for at, value in BAD_PLANS),
    *(spoilt(TABLE, 2, [spoilt(MEMBER, at, value)]) for at, value in BAD_MEMBERS),
    *(spoilt(TABLE, 3, spoilt(PLANNED, 3, [spoilt(MEMBER, at, value)])) for at, value in BAD_MEMBERS),
]


@pytest.mark.parametrize("table", BAD_TABLES, ids=range(len(BAD_TABLES)))
def test_a_field_that_no_table_encodes_to_is_the_peers_error(table: Any) -> None:
    with pytest.raises(PeerError, match=r"^membership table: cannot be read: "):
        decode_table(encoded(table))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"5", b"null", b"\xff\xfe\xfa", b'["abc"]', b"[[]]", b'"abcd"', b"[" * 100_000]
)
def test_bytes_that_are_no_table_are_the_peers_error(data: bytes) -> None:
    with pytest.raises(PeerError):
        decode_table(data)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The encoding of a table with one byte changed."""
    data = bytearray(encode_table(draw(TABLES)))
    data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3), st.lists, max_leaves=9
)


@given(st.binary(max_size=40) | damaged() | JSON.map(encoded) | st.tuples(JSON, JSON, JSON, JSON).map(encoded))
def test_damaged_bytes_give_a_table_or_the_peers_error_and_nothing_else(data: bytes) -> None:
    try:
        decoded = decode_table(data)
    except PeerError:
        return
    assert decode_table(encode_table(decoded)) == decoded
