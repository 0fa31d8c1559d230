import pytest

from model.explorer.explore import explore
from model.explorer.properties import Always, Eventually, Reachable

LINE = [[("go", 1)], [("go", 2)], []]


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        (Always("small", lambda s: "too large" if s > 2 else None), True),
        (Always("small", lambda s: "too large" if s > 1 else None), False),
        (Reachable("two", lambda s: s == 2), True),
        (Reachable("three", lambda s: s == 3), False),
        (Eventually("end", lambda s: s == 2), True),
        (Eventually("middle", lambda s: s == 1), False),
    ],
)
def test_each_kind_of_property_holds_or_is_broken(graph, asked, holds):
    assert explore(graph(LINE), [asked]).holds is holds


def test_the_reason_is_that_of_the_property(graph):
    (found,) = explore(graph(LINE), [Always("small", lambda s: f"{s} is large" if s else None)]).counterexamples
    assert (found.name, found.reason) == ("small", "1 is large")
