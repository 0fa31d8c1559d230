"""kept.testing.smaller: of a failing test, the lines that matter."""

from typing import Any, ClassVar

import pytest

from kept.testing.machine import StoreMachine
from kept.testing.smaller import Impossible, call, fewer, scope_of
from kept.testing.violation import violation_of

LOST = violation_of("no-lost-write")
PUTS = ["answer_0 = state.put(client=0, key='k0')", "answer_1 = state.put(client=1, key='k0')"]
NOISE = ["state.advance(ms=10)", "answer_2 = state.get(client=0, key='k1')", "state.crash(node='n3', keep=0.0)"]


class Lww(StoreMachine):
    config: ClassVar[Any] = {"versions": "lww", "nodes": 3, "partitions": 4}
    claims = ("no-lost-write",)


def test_what_nothing_hangs_on_is_taken_out() -> None:
    lines = [NOISE[0], PUTS[0], NOISE[1], NOISE[2], PUTS[1], "state.restart(node='n3')"]
    assert fewer(Lww, lines, 0, LOST) == tuple(PUTS)


def test_lines_that_do_not_fail_alike_are_left_alone() -> None:
    assert fewer(Lww, PUTS, 0, violation_of("placement")) == tuple(PUTS)
    assert fewer(Lww, NOISE, 0, LOST) == tuple(NOISE)


def test_a_name_that_a_later_line_needs_stays() -> None:
    over = "answer_9 = state.put_over(client=0, seen=answer_0)"
    beside = "answer_3 = state.put(client=0, key='k0')"
    left = fewer(Lww, [PUTS[0], over, NOISE[0], beside], 0, LOST)
    assert NOISE[0] not in left
    assert over not in left or PUTS[0] in left


def test_a_rule_is_called_only_where_its_preconditions_hold() -> None:
    with pytest.raises(Impossible, match="restart"):
        call(Lww(), ["state.restart(node='n1')"], {})


def test_the_lines_may_name_what_the_module_of_the_machine_names() -> None:
    assert scope_of(Lww)["NOISE"] is NOISE
    call(StoreMachine(), ["answer_0 = state.get(client=0, key=NOISE[0])"], scope_of(Lww))
