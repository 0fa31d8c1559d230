"""checkers.proofs.quorumtext: what people write is read, and what is wrong is named by its place."""

import pytest

from checkers.proofs.quorum import names
from checkers.proofs.quorumtext import QuorumTextError, parse


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "a"),
        (" a * b+c ", "a*b + c"),
        ("a*(b + c)", "a*(b + c)"),
        ("choose(2, a, b*x, c)", "choose(2, a, b*x, c)"),
        ("majority(a, b, c)", "choose(2, a, b, c)"),
        ("weights(3, a=2, b=1, c=1)", "weights(3, a=2, b=1, c=1)"),
        ("weights(3, (a + b)=2, c=1, d=1)", "weights(3, (a + b)=2, c=1, d=1)"),
        ("rows(2, 2)", "n1.1*n1.2 + n2.1*n2.2"),
        ("columns(2, 2)", "n1.1*n2.1 + n1.2*n2.2"),
        ("hierarchy(3, 1)", "choose(2, n1.1, n2.1, n3.1)"),
        ("choose", "choose"),
        ("eu-1.a + 2", "eu-1.a + 2"),
    ],
)
def test_expressions_are_read(text: str, shown: str) -> None:
    assert str(parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it ends early; accepted: a node's name"),
        ("a +", "it ends early"),
        ("a b", "character 3: b; accepted: * or + or the end"),
        ("a & b", "character 3: '&'; accepted: names"),
        ("(a", "it ends early; accepted: )"),
        ("a)", "character 2: ); accepted"),
        ("*a", r"character 1: \*; accepted"),
        ("chose(2, a, b)", "character 1: chose(; accepted: choose, .*; did you mean choose?"),
        ("choose(0, a, b)", "choose: 0; accepted: 1 to 2"),
        ("choose(3, a, b)", "choose: 3; accepted: 1 to 2"),
        ("choose(x, a, b)", "character 8: x; accepted: a whole number"),
        ("choose(1)", "no parts"),
        ("choose(2, a, a)", "a twice; accepted: each node once"),
        ("weights(2, a=1, a=2)", "a twice"),
        ("weights(9, a=1, b=2)", "weights: 9; accepted: 1 to 3"),
        ("weights(1, a=-1)", "'-'; accepted: names"),
        ("weights(1)", "no nodes"),
        ("rows(0, 3)", "two numbers from 1"),
        ("rows(2000, 2000)", "at most 2000"),
        ("(" * 200 + "a", "nested deeper"),
        ("a" * 100_001, "100001 characters"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_accepted(text: str, says: str) -> None:
    with pytest.raises(QuorumTextError) as error:
        parse(text)
    message = str(error.value)
    first, *rest = says.replace(r"\*", "*").split(".*")
    assert first in message
    assert all(part in message for part in rest)


def test_a_node_may_stand_in_several_quorums() -> None:
    assert names(parse("a*b + a*c")) == ("a", "b", "c")


def test_too_many_nodes_are_refused() -> None:
    with pytest.raises(QuorumTextError, match="2001 nodes"):
        parse(" + ".join(f"n{i}" for i in range(2_001)))
