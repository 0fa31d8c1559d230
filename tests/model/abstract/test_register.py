import pytest

from model.abstract.interpreter import Interpreter, Step
from model.abstract.register import REGISTER, register_instance

ONE = {"a": ("put", "get"), "b": ("get",)}


def play(interpreter, text):
    state = interpreter.initial
    for line in text.split(";"):
        action, *args = line.split()
        step = Step(action, tuple(args))
        assert interpreter.broken(state, step) == (), line
        state = interpreter.apply(state, step)
    return state


PUT = (
    "begin a.put1; answer a.put1 s1; answer a.put1 s2; hear a.put1 s1; hear a.put1 s2; choose a.put1;"
    "store a.put1 s1; store a.put1 s2; acknowledge a.put1 s1; acknowledge a.put1 s2; finish a.put1"
)


def test_a_put_takes_a_tag_above_all_that_it_heard_and_two_servers_hold_it():
    interpreter = Interpreter(REGISTER, register_instance(ONE))
    state = play(interpreter, PUT)
    assert interpreter.value(state, "holds") == {("s1", "1:a.put1"), ("s2", "1:a.put1"), ("s3", "0")}
    assert interpreter.value(state, "done") == {("a.put1",)}


def test_a_get_that_hears_one_server_with_the_tag_chooses_it_and_writes_it_back():
    interpreter = Interpreter(REGISTER, register_instance(ONE))
    get = "; begin b.get1; answer b.get1 s2; answer b.get1 s3; hear b.get1 s3; hear b.get1 s2"
    get += "; choose b.get1; store b.get1 s3"
    state = play(interpreter, PUT + get)
    assert ("b.get1", "1:a.put1") in interpreter.value(state, "chosen")
    assert ("s3", "1:a.put1") in interpreter.value(state, "holds")
    assert interpreter.value(state, "floor") == {("b.get1", "1:a.put1")}


def test_a_client_waits_for_its_answer():
    interpreter = Interpreter(REGISTER, register_instance(ONE))
    assert interpreter.broken(interpreter.initial, Step("begin", ("a.get2",))) == ("turn",)
    assert interpreter.broken(play(interpreter, PUT), Step("begin", ("a.get2",))) == ()


def test_a_lower_tag_does_not_replace_a_higher_one():
    interpreter = Interpreter(REGISTER, register_instance({"a": ("put",), "b": ("get",)}))
    early = (
        "begin b.get1; answer b.get1 s1; answer b.get1 s2; hear b.get1 s1; hear b.get1 s2; choose b.get1;"
        + PUT
        + "; store b.get1 s1"
    )
    assert ("s1", "1:a.put1") in interpreter.value(play(interpreter, early), "holds")


def test_tags_are_ordered_by_counter_and_then_by_put():
    chosen = register_instance({"a": ("put",), "b": ("put",)})
    assert len(chosen.things["Tag"]) == 5
    above = chosen.rigid["above"]
    assert len(above) == 10
    assert ("1:b.put1", "1:a.put1") in above
    assert ("2:a.put1", "1:b.put1") in above


def test_quorums_that_miss_each_other_are_refused():
    with pytest.raises(ValueError, match="quorums meet"):
        Interpreter(REGISTER, register_instance(ONE, servers=2, quorum=1))


def test_an_unknown_operation_is_refused():
    with pytest.raises(ValueError, match="'cas' is no operation; accepted: put, get"):
        register_instance({"a": ("cas",)})
