"""A specification needs three members; hints are optional and right where they are missing."""

from model.specifications.register import Register
from model.specifications.specification import Call, Hinted, Plain, hints


class Bare:
    init = 0

    def step(self, state, call):
        return state + 1

    def describe(self, state, call):
        return call.f


def test_a_specification_without_hints_is_given_those_that_are_right_for_every_object():
    told = hints(Bare())
    assert isinstance(told, Plain)
    call = Call("bump")
    assert not told.pure(call)
    assert not told.total(call)
    assert not told.blind(call)
    assert told.foresee([(call, 1)]) is None


def test_a_specification_with_hints_is_asked_for_its_own():
    register = Register(0)
    assert isinstance(register, Hinted)
    assert hints(register) is register
