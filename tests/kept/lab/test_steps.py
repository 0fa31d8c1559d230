"""kept.lab.steps: the steps of a stepped run as a document."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from kept.lab.steps import NOTHING_SEEN, Ask, End, Pass, Settle, Step, Strike, struck
from kept.sim.faults import BIT_ROT, CRASH, Fault

STEP: TypeAdapter[Any] = TypeAdapter(Step)


@pytest.mark.parametrize(
    "step",
    [
        Ask(client=1, node="n2", kind="put", key=b"k", value="ä".encode(), seen=3, wait=False),
        Strike(kind=CRASH, for_us=5, nodes=("n1",), number=0.5, torn=0.25, dirty=True),
        Strike(kind=BIT_ROT, for_us=5, nodes=("n1",), places=(("data", "k"),)),
        End(kinds=("crash", "pause"), node="n1"),
        Pass(for_us=7),
        Settle(),
    ],
)
def test_a_step_comes_back_from_its_document(step: Any) -> None:
    assert STEP.validate_json(STEP.dump_json(step)) == step


@pytest.mark.parametrize("key", [b"", b"k", b"\x80\xff", "\N{SNOWMAN}".encode()])
def test_any_bytes_come_back_and_text_stays_readable(key: bytes) -> None:
    step = Ask(client=0, node="n1", kind="get", key=key)
    assert STEP.validate_json(STEP.dump_json(step)) == step
    assert isinstance(STEP.dump_python(step, mode="json")["key"], dict) == (key == b"\x80\xff")


def test_a_request_carries_no_context_and_is_waited_for_unless_it_says_otherwise() -> None:
    step = STEP.validate_python({"do": "ask", "client": 0, "node": "n1", "kind": "get", "key": "k"})
    assert (step.seen, step.wait, step.value) == (NOTHING_SEEN, True, b"")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"do": "asks"}, "asks"),
        ({"do": "pass", "for_us": -1}, "greater than or equal to 0"),
        ({"do": "pass", "for_us": 10**16}, "less than or equal"),
        ({"do": "settle", "now": True}, "Extra inputs"),
        ({"do": "ask", "client": 0, "node": "n1", "kind": "take", "key": "k"}, "'get', 'put' or 'delete'"),
        ({"do": "ask", "client": -1, "node": "n1", "kind": "get", "key": "k"}, "greater than or equal to 0"),
        ({"do": "ask", "client": 0, "node": "n1", "kind": "get", "key": "\udc80"}, "lone surrogate"),
        ({"do": "ask", "client": 0, "node": "n1", "kind": "get", "key": {"base64": "?"}}, "broken base64"),
        ({"do": "fault", "kind": "crash", "for_us": 1, "number": float("nan")}, "finite"),
    ],
)
def test_what_is_no_step_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        STEP.validate_python(wrong)


def test_a_fault_becomes_a_step_and_the_step_that_fault_again() -> None:
    fault = Fault(CRASH, 77, 5, ("n1",), (("n1", "n2"),), 0.5, 0.25, True, (("data", "k"),))
    assert struck(fault).fault(77) == fault
