"""Traces of steps: read as written, refused with the line where they are wrong."""

import pytest

from histories.errors import HistoryError
from histories.rows import Rows
from histories.steps import Answered, Durable, Held, Made, Sent, StepsHeader, Wrote, rows_of, steps_of

HEADER = StepsHeader(r=2, w=2, sloppy=True, nodes=("n1",), owners={"k\udcff": ("n1",)})
STEPS = (
    Made(node="n1", key="k", request="r", dot=("x", 1)),
    Wrote(node="n1", key="k", batch=1, held=Held(context={"x": 1}, dots=(("x", 1),))),
    Durable(node="n1", batch=1),
    Sent(node="n1", to="n2", key="k", message=0, what="handoff", held=Held()),
    Answered(node="n1", key="k", request="r", acks=("n1",)),
)


def read(*lines):
    return steps_of(Rows("steps.jsonl", [line.encode() for line in lines]))


def test_a_trace_is_read_as_it_was_written():
    header = HEADER.model_copy(update={"owners": {"k": ("n1",)}})
    lines = list(rows_of(header, STEPS))
    trace = read(*lines)
    assert (trace.header, trace.steps, trace.truncated) == (header, STEPS, False)
    assert read(*lines[:-1], lines[-1][:-1]).truncated


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ('{"event":"sync","node":"n1"}\n', "event"),
        ('{"event":"durable","node":"n1"}\n', "batch"),
        ('{"event":"durable","node":"n1","batch":1,"more":2}\n', "more"),
        ("[]\n", "one JSON object per line"),
    ],
)
def test_a_wrong_row_is_one_line_with_its_place(row, what):
    header = next(iter(rows_of(HEADER.model_copy(update={"owners": {}}), ())))
    with pytest.raises(HistoryError, match=what) as wrong:
        read(header, row)
    assert "steps.jsonl:2" in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_file_without_a_header_is_refused():
    with pytest.raises(HistoryError, match="steps"):
        read()
