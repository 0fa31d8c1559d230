"""The membership table (Dynamo, section 4.8.1): a join semilattice, and encodings that are not trusted."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.errors import PeerError
from dynamo.core.membership import NORMAL, STATUSES, Entry, Membership
from dynamo.core.ring import Member

MEMBERS = st.builds(
    Member,
    st.sampled_from("abc"),
    st.lists(st.integers(0, 3), max_size=2, unique=True).map(tuple),
    st.sampled_from([1.0, 2.5]),
    st.sampled_from(["", "h"]),
    st.sampled_from(["", "r"]),
    st.sampled_from(["", "d"]),
)
ENTRIES = st.builds(Entry, MEMBERS, st.sampled_from(STATUSES), st.integers(1, 3))


def table(entries: list[Entry]) -> Membership:
    made = Membership(())
    made.entries = {entry.member.name: entry for entry in entries}
    return made


TABLES = st.lists(ENTRIES, max_size=3).map(table)


def merged(*tables: Membership) -> bytes:
    result = Membership(())
    for each in tables:
        result.merge(each)
    return result.encode()


@given(TABLES, TABLES, TABLES)
def test_merging_is_commutative_associative_and_idempotent(one: Membership, two: Membership, three: Membership) -> None:
    assert merged(one, two) == merged(two, one)
    both = Membership.decode(merged(two, three))
    assert merged(one, two, three) == merged(one, both) == merged(one, three, two, two, one)
    assert merged(one, one) == merged(one) == one.encode()


@given(TABLES, TABLES)
def test_a_merge_says_whether_it_changed_anything(one: Membership, two: Membership) -> None:
    before = one.encode()
    changed = one.merge(two)
    assert changed == (one.encode() != before)
    assert not one.merge(two)


@given(ENTRIES, ENTRIES)
def test_of_two_entries_for_one_member_the_higher_version_wins(one: Entry, other: Entry) -> None:
    other = other._replace(member=other.member._replace(name=one.member.name), version=one.version + 1)
    for first, second in ((one, other), (other, one)):
        result = table([first])
        result.merge(table([second]))
        assert result.entries == {one.member.name: other}


@given(TABLES)
def test_decoding_inverts_encoding(one: Membership) -> None:
    assert Membership.decode(one.encode()).entries == one.entries


@given(TABLES, TABLES)
def test_digests_and_encodings_are_equal_exactly_where_tables_are(one: Membership, two: Membership) -> None:
    same = one.entries == two.entries
    assert (one.encode() == two.encode()) == (one.digest == two.digest) == same
    one.merge(two)
    assert Membership.decode(one.encode()).digest == one.digest, "a merge renews both"


def test_only_normal_members_own_tokens_now() -> None:
    entries = [
        Entry(Member(name, (at,)), status) for at, (name, status) in enumerate(zip("abcd", STATUSES, strict=True))
    ]
    assert [member.name for member in table(entries).members()] == ["a"]
    assert table(entries).names == ("a", "b", "c", "d")
    assert STATUSES[0] == NORMAL


GOOD: list[Any] = ["a", 1, "normal", ["5"], 1.0, "h", "r", "d"]


def test_the_row_that_the_following_tests_spoil_is_good() -> None:
    decoded = Membership.decode(json.dumps([GOOD]).encode())
    assert decoded.entries["a"] == Entry(Member("a", (5,), 1.0, "h", "r", "d"))


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (1, "1"),
        (1, 1.5),
        (1, None),
        (2, "gone"),
        (2, []),
        (3, "x"),
        (3, 5),
        (3, [None]),
        (3, [float("nan")]),
        (3, [float("inf")]),
        pytest.param(3, ["9" * 5000], id="long"),
        (4, "heavy"),
        pytest.param(4, 10**400, id="huge"),
        (4, []),
        (5, ["h"]),
        (6, 7),
        (7, {"d": 1}),
        (0, ["a"]),
        (0, None),
    ],
)
def test_a_field_that_no_table_encodes_to_is_the_peers_error(at: int, value: Any) -> None:
    row = [*GOOD[:at], value, *GOOD[at + 1 :]]
    with pytest.raises(PeerError, match=r"^membership table: cannot be read: "):
        Membership.decode(json.dumps([row]).encode())


@pytest.mark.parametrize("encoded", [b"", b"{", b"5", b"null", b"\xff\xfe\xfa", b'["abc"]', b"[[]]", b"[" * 100_000])
def test_bytes_that_are_no_table_are_the_peers_error(encoded: bytes) -> None:
    with pytest.raises(PeerError):
        Membership.decode(encoded)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The encoding of a table with one byte changed."""
    encoded = bytearray(draw(TABLES).encode())
    encoded[draw(st.integers(0, len(encoded) - 1))] = draw(st.integers(0, 255))
    return bytes(encoded)


@given(st.binary(max_size=40) | damaged())
def test_damaged_bytes_give_a_table_or_the_peers_error_and_nothing_else(encoded: bytes) -> None:
    try:
        decoded = Membership.decode(encoded)
    except PeerError:
        return
    assert Membership.decode(decoded.encode()).entries == decoded.entries
