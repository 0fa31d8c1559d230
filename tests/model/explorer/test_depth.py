from random import Random

import pytest

from model.explorer.explore import explore
from model.explorer.properties import Always


class Counters:
    """Programs of reads and writes on shared cells: steps that touch different cells commute."""

    def __init__(self, seed):
        chance = Random(seed)
        self.programs = [
            [(chance.choice("rw"), chance.randrange(2)) for _ in range(chance.randrange(1, 4))] for _ in range(3)
        ]

    def initial(self):
        yield (0,) * len(self.programs), (0, 0), (0,) * len(self.programs)

    def steps(self, state):
        at, cells, held = state
        for who, program in enumerate(self.programs):
            if at[who] < len(program):
                what, cell = program[at[who]]
                now = (*at[:who], at[who] + 1, *at[who + 1 :])
                if what == "r":
                    yield (who, what, cell), (now, cells, (*held[:who], cells[cell], *held[who + 1 :]))
                else:
                    written = tuple(held[who] + who + 1 if c == cell else value for c, value in enumerate(cells))
                    yield (who, what, cell), (now, written, held)

    def fingerprint(self, state):
        code = 0
        for number in (*state[0], *state[1], *state[2]):
            code = code * 64 + number
        return code % (2**64 - 59)

    def independent(self, one, other):
        return one[0] != other[0] and (one[2] != other[2] or (one[1], other[1]) == ("r", "r"))


@pytest.mark.parametrize("seed", range(60))
def test_sleep_sets_visit_every_state_and_save_transitions(seed):
    system = Counters(seed)
    plain: list[object] = []
    asleep: list[object] = []
    whole = explore(system, [Always("seen", plain.append)], order="depth")
    saved = explore(system, [Always("seen", asleep.append)], order="depth", sleep=True)
    assert set(plain) == set(asleep)
    assert saved.transitions <= whole.transitions
    assert saved.states == explore(system).states


def test_where_all_steps_commute_sleep_sets_leave_one_way_to_each_state(grid, philosophers):
    saved = explore(grid(20), order="depth", sleep=True)
    assert (saved.states, saved.transitions) == (441, 440)
    whole = explore(philosophers(7), order="depth")
    saved = explore(philosophers(7), order="depth", sleep=True)
    assert saved.states == whole.states
    assert saved.transitions < whole.transitions


def test_sleep_sets_need_to_know_what_commutes(graph):
    with pytest.raises(ValueError, match="independent"):
        explore(graph([[("a", 0)]]), order="depth", sleep=True)


def test_the_run_to_a_state_found_depth_first_is_a_run(philosophers):
    system = philosophers(4)
    (found,) = explore(
        system, [Always("goes on", lambda s: None if any(system.steps(s)) else "stuck")], order="depth"
    ).counterexamples
    state = found.first
    for label, after in found.steps:
        assert (label, after) in list(system.steps(state))
        state = after
    assert state == "llll"
