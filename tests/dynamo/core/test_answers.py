"""An answer shows every current sibling, no tombstone, and a context for exactly what it shows."""

import pytest

from dynamo.core.answers import showing
from dynamo.core.classic import PlainVectors
from dynamo.core.context import decode_context
from dynamo.core.dotted import DottedVectors
from dynamo.core.lastwriter import LastWriterWins
from dynamo.core.messages import OK
from dynamo.core.siblings import NOTHING
from dynamo.core.versioning import Versioning

POLICIES = [DottedVectors(), PlainVectors(), LastWriterWins()]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_nothing_is_shown_of_a_key_that_was_never_put(policy: Versioning) -> None:
    answer = showing(policy, "r", NOTHING)
    assert (answer.id, answer.status, answer.values, answer.dots, answer.dot) == ("r", OK, (), (), None)
    assert decode_context(answer.context) == {}


def test_every_sibling_is_shown_with_its_name_under_one_context() -> None:
    policy = DottedVectors()
    one, _ = policy.update(NOTHING, {}, b"one", "a", 0)
    both, version = policy.update(one, {}, b"two", "b", 0)
    answer = showing(policy, "r", both, version.dot)
    assert answer.values == (b"one", b"two")
    assert answer.dots == (("a", 1), ("b", 1))
    assert decode_context(answer.context) == {"a": 1, "b": 1}
    assert answer.dot == ("b", 1)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_a_deleted_key_shows_no_value_but_the_context_that_a_later_put_needs(policy: Versioning) -> None:
    state, _ = policy.update(NOTHING, {}, b"v", "a", 1)
    deleted = policy.delete(state, policy.context(state), "b", 2)
    answer = showing(policy, "r", deleted)
    assert answer.values == ()
    again, _ = policy.update(deleted, decode_context(answer.context), b"w", "c", 3)
    assert [version.value for version in again.live] == [b"w"]
