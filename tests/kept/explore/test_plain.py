"""kept.explore.plain: the plain explorer knows no faults, and stops where it is told to. (That it comes to the same
states as the other one stands in tests/kept/explore/test_system.py.)"""

import pytest

from kept.explore.plain import PlainExplorer
from kept.explore.scope import Scope


def test_it_stops_after_so_many_states() -> None:
    explorer = PlainExplorer(Scope(crashes=0, program="put,put"))
    explorer.run(limit=10)
    assert 10 <= explorer.states < 30


def test_a_scope_with_faults_is_not_for_it() -> None:
    with pytest.raises(AssertionError, match="without faults"):
        PlainExplorer(Scope(crashes=1))
