"""Every fact says itself in one printable clause, whatever was recorded."""

import dataclasses
import inspect

import pytest

from checkers import facts
from histories.operation import Operation

HOSTILE = "\x1b[31m<script>\n\udcff" + "x" * 500
OP = Operation(0, 3, "put", HOSTILE, HOSTILE, {HOSTILE: 1}, "r", 1000, 2000, "ok", HOSTILE, (HOSTILE, 1))
SAMPLES = {
    "op": OP, "a": OP, "b": OP, "by": OP, "read": OP, "earlier": OP, "write": OP, "dot": (HOSTILE, 1), "key": HOSTILE,
    "value": HOSTILE, "nodes": ("n1",), "node": "n1", "owner": "n2", "owners": ("n1", "n2"), "what": "a dot",
    "first": "one", "second": "two", "at_us": 5, "dots": ((HOSTILE, 1),), "context": ((HOSTILE, 1),),
    "partition": HOSTILE,
}  # fmt: skip
KINDS = [kind for _, kind in inspect.getmembers(facts, dataclasses.is_dataclass) if kind is not Operation]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_fact_is_one_short_printable_clause(kind):
    given = {field.name: SAMPLES[field.name] for field in dataclasses.fields(kind)}
    if kind is facts.RootsDiffer:
        given = {"partition": HOSTILE, "a": ("n1", "ff"), "b": ("n2", None)}
    sentence = kind(**given).sentence()
    assert sentence.isprintable()
    assert "\\x1b" in sentence or HOSTILE not in given.values()
    assert len(sentence) < 600
    assert not sentence.endswith(".")
    assert sentence[0] == sentence[0].lower()


def test_a_node_that_holds_nothing_says_so():
    assert facts.Holds("n1", "k", (), ()).sentence() == 'n1 holds nothing of "k"'
    assert facts.Holds("n1", "k", (), (("n1", 2),)).sentence() == 'n1 holds 0 versions of "k" [] in context {n1/2}'
