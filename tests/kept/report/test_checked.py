"""kept.report.checked: every verdict is told in lines that begin with it, and nobody's text breaks a line."""

from checkers.facts import NeverSettled
from checkers.verdict import Unknown, Valid, refute
from histories.notice import Doubt, Notice
from kept.judge.report import CheckReport, Judged
from kept.report.checked import explained, header, last_line, level_lines, many_histories, one_history

BAD = refute("linearizable", [NeverSettled()])
GOOD = Judged("a.edn", {"linearizable": Valid("5 operations")}, "kv", format="edn", operations=5, keys=1, clients=2)


def test_the_last_line_says_what_holds_what_not_and_what_is_open() -> None:
    assert last_line(CheckReport((GOOD,)), 0.04) == "valid    a.edn: linearizable holds (0.0 s)"
    bad = GOOD._replace(verdicts={"pram": BAD, "linearizable": BAD, "regular": Unknown("")})
    assert last_line(CheckReport((bad,)), 1) == "INVALID  a.edn: pram, linearizable violated (1.0 s)"
    several = GOOD._replace(verdicts={"pram": Unknown(""), "regular": Valid("")})
    assert last_line(CheckReport((several,)), 1) == "unknown  a.edn: pram not decided (1.0 s)"
    assert last_line(CheckReport((GOOD, bad, several)), 1).startswith(
        "INVALID  3 histories: 1 valid, 1 violated, 1 undecided"
    )


def test_counts_notices_and_the_guess_are_told_first() -> None:
    noticed = GOOD._replace(guessed="read, write", notices=(Notice(Doubt.NEMESIS, 3, 7, "rows left out"),))
    assert header(noticed) == [
        "a.edn: edn, 5 operations on 1 key by 2 clients",
        "  model       kv (guessed: read, write)",
        "  notice      line 7: rows left out (3 rows)",
    ]


def test_many_levels_are_told_in_a_line_each_and_what_is_violated_in_full() -> None:
    verdicts = {name: Valid("3 reads") for name in ("sequential", "pram", "regular")} | {"linearizable": BAD}
    lines = level_lines(GOOD._replace(verdicts=verdicts, implied={"pram": "sequential"}))
    assert lines[:3] == [
        "valid    sequential: 3 reads", "valid    pram: decided by sequential", "valid    regular: 3 reads",
    ]  # fmt: skip
    assert lines[3].startswith("INVALID  linearizable: every operation takes effect")


def test_of_many_histories_only_trouble_is_told_at_length() -> None:
    bad = GOOD._replace(name="b.edn", verdicts={"linearizable": BAD})
    lines = many_histories(CheckReport((GOOD, bad)), explain=False)
    assert lines[:2] == ["valid    a.edn: linearizable", "INVALID  b.edn: linearizable"]
    assert "did not settle" in " ".join(lines[2:])


def test_an_implied_violation_is_explained_once() -> None:
    bad = GOOD._replace(verdicts={"linearizable": BAD, "regular": BAD, "pram": BAD}, implied={"pram": "regular"})
    assert sum("from operation to operation" in line for line in explained(bad)) == 1
    assert "from operation to operation" in "\n".join(one_history(bad, explain=True))
    assert "from operation to operation" not in "\n".join(one_history(bad, explain=False))


def test_a_name_of_a_file_cannot_break_a_line() -> None:
    odd = GOOD._replace(name="a\n\x1b[31m.edn")
    assert all(line.isprintable() for line in [*one_history(odd, True), last_line(CheckReport((odd,)), 0)] if line)
