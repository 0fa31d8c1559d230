from model.abstract.grounding import Any, Bit
from model.abstract.instance import instance
from model.abstract.interpreter import Step
from model.abstract.register import REGISTER, register_instance
from model.abstract.store import STORE
from model.abstract.transitions import Transition
from model.explorer.abstract import CommutingSystem
from model.explorer.commuting import commute, footprint


def steps(*becomes, possible=True):
    return footprint(Transition(Step("s", ()), possible, becomes))


def test_steps_that_touch_different_bits_commute():
    assert commute(steps((1, True)), steps((2, True), possible=Bit(3, False)))


def test_a_step_does_not_commute_with_one_that_reads_what_it_writes():
    assert not commute(steps((1, True)), steps((2, Bit(1, True))))
    assert not commute(steps((2, True), possible=Bit(1, False)), steps((1, True)))


def test_raising_a_bit_commutes_with_raising_it_but_not_with_lowering_it():
    raises = steps((1, Any((Bit(1, True), Bit(7, True)))))
    assert commute(raises, steps((1, True)))
    assert commute(steps((1, False)), steps((1, False)))
    assert not commute(raises, steps((1, False)))
    assert not commute(steps((1, Bit(2, True))), steps((1, Bit(3, True))))


def test_steps_that_are_said_to_commute_do_in_every_state_that_is_near():
    chosen = (
        (REGISTER, register_instance({"a": ("put",), "b": ("get",)})),
        (STORE, instance({"old": "ab"}, r=1, w=2)),
    )
    pairs = 0
    for protocol, small in chosen:
        system = CommutingSystem(protocol, small)
        level = list(system.initial())
        for _ in range(5):
            for state in level:
                possible = dict(system.steps(state))
                for one, after_one in possible.items():
                    for other, after_other in possible.items():
                        if not system.independent(one, other):
                            continue
                        pairs += 1
                        assert system.independent(other, one)
                        assert dict(system.steps(after_one))[other] == dict(system.steps(after_other))[one]
                enabled = frozenset(possible)
                for one, after in possible.items():
                    for other, _ in system.steps(after):
                        assert other in enabled or not system.independent(one, other)
            level = sorted({after for state in level for _, after in system.steps(state)})[:12]
    assert pairs > 1000
