"""kept.explore.program: programs are read word for word, and what is wrong with one is said in one line."""

import pytest

from kept.explore.program import parse_program, task


def test_programs_are_read_client_by_client() -> None:
    assert parse_program("put get,  delete") == (("put", "get"), ("delete",))
    assert parse_program(" ") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("putt", "program: 'putt'; accepted: put, blind, get, delete; did you mean put?"),
        ("put:4", "program: 'put:4'; accepted: the number of a key after :, 1 to 3"),
        ("get:x", "program: 'get:x'; accepted: the number of a key after :, 1 to 3"),
        ("put,,get", "program: 0 steps of client 2; accepted: 1 to 6"),
        ("get " * 7, "program: 7 steps of client 1; accepted: 1 to 6"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="program") as wrong:
        parse_program(text)
    assert str(wrong.value) == said


def test_a_step_is_about_the_first_key_or_about_the_one_that_it_names() -> None:
    assert [task(step) for step in ("get", "put:1", "delete:3")] == [("get", 0), ("put", 0), ("delete", 2)]
