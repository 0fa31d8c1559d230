import os
import signal

import pytest

from kept.explore.processes import CrewLost, Processes
from model.abstract.register import REGISTER, register_instance
from model.explorer.abstract import AbstractSystem, Lanes, explore_abstract
from model.explorer.explore import explore
from model.explorer.part import Part
from model.explorer.properties import Eventually

CHOSEN = register_instance({"a": ("put",), "b": ("get",)})


class Odd(Exception):
    """Cannot be pickled: it is made of two arguments and keeps one."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


class Adder:
    def __init__(self, number, parts):
        self.number, self.parts = number, parts

    def add(self, one, other):
        return self.number * 100 + one + other

    def fail(self):
        raise ValueError(f"part {self.number} of {self.parts}")

    def stumble(self):
        raise Odd(1, 2)

    def eat(self, size_bytes):
        self.eaten = b"x" * size_bytes

    def die(self):
        os.kill(os.getpid(), signal.SIGKILL)


def test_every_part_is_asked_and_answers_in_its_place():
    with Processes(Adder, 3) as crew:
        assert crew.each("add", [(1, 2), (3, 4), (5, 6)]) == [3, 107, 211]
        assert crew.one(2, "add", 1, 1) == 202


def test_what_a_part_raises_is_raised():
    with Processes(Adder, 2) as crew:
        with pytest.raises(ValueError, match="part 0 of 2"):
            crew.each("fail", [(), ()])
        with pytest.raises(ValueError, match="part 1 of 2"):
            crew.one(1, "fail")
        assert crew.one(0, "add", 1, 1) == 2


def test_what_is_raised_says_in_which_process_and_where():
    with Processes(Adder, 2) as crew:
        with pytest.raises(ValueError, match="part 1 of 2") as raised:
            crew.one(1, "fail")
        assert raised.value.__notes__[0].startswith("in process 2 of 2 of the search, at test_processes.py:")
        with pytest.raises(CrewLost, match=r"Odd in process 1 of 2 of the search, at test_processes\.py:\d+: 1 and 2"):
            crew.one(0, "stumble")


def test_what_cannot_be_made_is_told_by_the_first_call():
    def fail(number, parts):
        raise ValueError("no such part")

    with Processes(fail, 1) as crew, pytest.raises(ValueError, match="no such part"):
        crew.one(0, "add", 1, 1)


def test_the_memory_of_every_process_is_known():
    with Processes(Adder, 2) as crew:
        crew.each("add", [(1, 1), (1, 1)])
        before = list(crew.peaks_bytes)
        crew.one(1, "eat", 30_000_000)
        assert crew.peaks_bytes[0] == before[0] > 1_000_000
        assert crew.peaks_bytes[1] > before[1] + 25_000_000


def test_a_process_that_dies_is_named():
    with Processes(Adder, 2) as crew, pytest.raises(CrewLost, match="process 2 of 2 of the search ended with -9"):
        crew.one(1, "die")


def test_no_process_is_left():
    with Processes(Adder, 2) as crew:
        running = list(crew._processes)
    assert not any(process.is_alive() for process in running)


def test_two_processes_count_what_one_counts_over_columns():
    lanes = Lanes(REGISTER, CHOSEN)
    with Processes(lanes.part, 2) as crew:
        two = lanes.search(crew=crew).run()
    one = explore_abstract(REGISTER, CHOSEN)
    assert (one.states, one.transitions, one.levels) == (two.states, two.transitions, two.levels)
    assert one.coverage == two.coverage


def test_two_processes_count_what_one_counts_state_by_state_and_judge_alike():
    small = register_instance({"a": ("put",)})
    fair = dict.fromkeys((action.name for action in REGISTER.actions), "moves")
    system = AbstractSystem(REGISTER, small, fair=fair)
    done = system.grounding.bits["done", ("a.put1",)]
    asked = [*system.properties(), Eventually("answered", lambda state: bool(state >> done & 1))]
    with Processes(lambda number, parts: Part(system, asked, number, parts), 2) as crew:
        two = explore(system, asked, crew=crew)
    one = explore(system, asked)
    assert (one.states, one.transitions, one.levels, one.counterexamples) == (
        two.states,
        two.transitions,
        two.levels,
        two.counterexamples,
    )


def test_no_process_at_all_is_refused():
    with pytest.raises(ValueError, match="accepted: 1 or more"):
        Processes(Adder, 0)
