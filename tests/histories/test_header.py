"""Headers and rings are checked field by field."""

import pytest

from histories.errors import Malformed
from histories.header import ReplicasHeader, parse_header


def member(name, *tokens):
    return {"name": name, "tokens": list(tokens)}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"strategy": 4}, "ring.strategy"),
        ({"n": 0}, "ring.n"),
        ({"members": []}, "ring.members"),
        ({"members": [member("a", 0), member("a", 1)]}, "two members have one name"),
        ({"members": [member("a", 0, 1), member("b", 1)]}, "two members hold one token"),
        ({"members": [member("a", 0)]}, "the tokens must be the partitions"),
        ({"members": [member("a", 0, 2)]}, "the tokens must be the partitions"),
        ({"strategy": 2, "partitions": 0}, "at least one partition"),
        ({"members": [member("a")], "strategy": 2}, "no member holds a token"),
        ({"members": [member("a", 1 << 128)], "strategy": 1}, "ring.members.0.tokens.0"),
        ({"members": [member("a", "-1")], "strategy": 1}, "ring.members.0.tokens.0"),
        ({"members": [member("a", 1.0)], "strategy": 1}, "ring.members.0.tokens.0"),
        ({"members": [member("", 0, 1)]}, "ring.members.0.name"),
    ],
)
def test_an_impossible_ring_is_refused(files, change, why):
    header = files.headers["replicas"]
    with pytest.raises(Malformed, match=why):
        parse_header(ReplicasHeader, {**header, "ring": {**header["ring"], **change}})


def test_large_tokens_may_be_strings(files):
    header = files.headers["replicas"]
    ring = {"strategy": 1, "n": 1, "partitions": 0, "members": [member("a", str((1 << 128) - 1), 5)]}
    assert parse_header(ReplicasHeader, {**header, "ring": ring}).ring.members[0].tokens == ((1 << 128) - 1, 5)
