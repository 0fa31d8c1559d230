"""kept.scenario.transcript: a file of commands and answers, which cannot pass without answers."""

from pathlib import Path

import pytest

from kept.lab.usage import UsageError
from kept.scenario.transcript import load, parse, perform

PATH = Path("x.txt")
GOOD = """# A comment.

cluster nodes=3
put n1 k v
----
n1, n2, n3: N=3 R=2 W=2, sloppy, dvv
put k=v: ok n1.0:0/1, context {n1.0:0/1}

# Another.
get n2 k
----
get k: ok [v n1.0:0/1], context {n1.0:0/1}

# The end.
"""


def test_a_file_whose_answers_are_the_clusters_has_no_difference_and_is_written_as_it_is() -> None:
    performed = perform(parse(GOOD, PATH))
    assert performed.differences == ()
    assert performed.text() == GOOD
    assert performed.commands == 3


def test_every_other_answer_is_a_difference_with_its_line() -> None:
    performed = perform(parse(GOOD.replace("ok [v", "ok [w"), PATH))
    (difference,) = performed.differences
    assert difference.line == 10
    assert difference.lines() == [
        "x.txt:10:",
        "    get n2 k",
        "    ----",
        "  - get k: ok [w n1.0:0/1], context {n1.0:0/1}",
        "  + get k: ok [v n1.0:0/1], context {n1.0:0/1}",
    ]
    assert performed.text() == GOOD


@pytest.mark.parametrize("lines", [["one more line"], []])
def test_a_line_too_many_or_too_few_is_a_difference(lines: list[str]) -> None:
    answer = "put k=v: ok n1.0:0/1, context {n1.0:0/1}\n"
    changed = GOOD.replace(answer, "".join([answer, *(f"{line}\n" for line in lines)]) if lines else "")
    assert len(perform(parse(changed, PATH)).differences) == 1


def test_a_rewrite_fills_in_what_is_missing_and_keeps_every_comment() -> None:
    bare = (
        "\n".join(line for line in GOOD.splitlines() if not line.startswith(("n1,", "put k", "get k", "----"))) + "\n"
    )
    assert perform(parse(bare, PATH, rewrite=True)).text() == GOOD
    assert perform(parse(GOOD, PATH, rewrite=True)).text() == GOOD


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "x.txt:1: no command"),
        ("# only\n\n# comments\n", "x.txt:1: no command"),
        ("cluster\n", "x.txt:1: no line of ---- below cluster"),
        ("cluster\n\n----\nok\n", "x.txt:1: no line of ---- below cluster"),
        ("cluster\n----\n", "x.txt:2: no answer below ----"),
        ("cluster\n----\n\nput n1 k v\n----\nok\n", "x.txt:2: no answer below ----"),
        ("----\nok\n", "x.txt:1: ---- without a command above it"),
    ],
)
def test_a_file_that_could_pass_without_saying_anything_is_refused(source: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(source, PATH)
    assert str(error.value).startswith(told)


def test_a_command_that_cannot_be_carried_out_is_told_with_file_and_line() -> None:
    with pytest.raises(UsageError) as error:
        perform(parse("cluster\n----\nok\n\n# a fault\ncrash n9\n----\nok\n", PATH))
    assert str(error.value).startswith("x.txt:6: node: n9; accepted: n1, n2")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: No such file"),
        (b"\xff", "is not UTF-8"),
        (b"#" * 1_000_001, "more than 1,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "x.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        load(path)


def test_a_directory_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path)
