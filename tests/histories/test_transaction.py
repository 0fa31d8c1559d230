"""Transactions of any recorder have one form."""

import pytest

from histories.columns import Mark
from histories.errors import Malformed
from histories.transaction import transaction
from histories.values import Keyword


def test_names_of_functions_are_one_and_a_read_of_nil_says_what_nil_means() -> None:
    value = ((Keyword("r"), Keyword("x"), None), ("w", 1, 2), (Keyword("append"), "k", 3), (Keyword("w"), 1, None))
    assert transaction(value, Mark.UNKNOWN) == (
        ("read", Keyword("x"), Mark.UNKNOWN),
        ("write", 1, 2),
        ("append", "k", 3),
        ("write", 1, Mark.NIL),
    )


@pytest.mark.parametrize("value", [None, 1, "r x", ((1, 2),), (1,), ((1, 2, 3),), ((None, "x", 1),)])
def test_what_is_no_transaction_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        transaction(value, Mark.NIL)
