"""kept.scenario.failing: what is wrong, what is accepted, and the nearest name."""

from kept.lab.usage import UsageError
from kept.scenario.failing import ScenarioError, unknown_word


def test_an_unknown_word_is_told_with_what_is_accepted_and_the_nearest_of_it() -> None:
    error = unknown_word("node", "n11", ["n1", "n2"])
    assert str(error) == "node: n11; accepted: n1, n2; did you mean n1?"


def test_whatever_an_author_writes_wrongly_is_a_mistake_of_the_users() -> None:
    assert issubclass(ScenarioError, UsageError)
