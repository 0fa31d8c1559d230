"""kept.explore.excluded: every budget says what it leaves out."""

from kept.explore.excluded import NEVER, excluded
from kept.explore.scope import Scope


def test_budgets_are_told_and_what_no_scope_has() -> None:
    phrases = excluded(Scope(crashes=1, drops=2, contact="any"))
    assert phrases[:3] == ("more than 1 crash", "more than 2 lost messages", "any message that arrives twice")
    assert phrases[-len(NEVER) :] == NEVER
    assert "clients that ask another node than their own" not in phrases
    assert "clients that ask another node than their own" in excluded(Scope())


def test_keys_and_changes_of_membership_are_told() -> None:
    assert {"more than 1 key", "any change of membership"} <= {*excluded(Scope())}
    phrases = excluded(Scope(keys=2, change="join"))
    assert {"more than 2 keys", "more than one change of membership"} <= {*phrases}
