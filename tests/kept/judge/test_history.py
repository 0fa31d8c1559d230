"""kept.judge.history: the levels asked for are judged, keys apart or together, with one answer."""

import pytest

from benchmarks.busy_histories import busy
from checkers.linearizability.check import check
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import Columns, Mark, Row, from_rows
from histories.generate import Shape, linearizable
from histories.load import Loaded
from histories.notice import Doubt, Notice
from kept.judge import history as judging
from kept.judge.history import judge_history, judge_in_parallel, only
from kept.judge.question import Question, asked
from kept.lab.usage import UsageError

N = Mark.NONE


def loaded(columns: Columns) -> Loaded:
    return Loaded(columns, (), "jsonl", "h.jsonl")


def two_keys(second_read: int) -> Columns:
    """Key a is right; key b reads `second_read` after 1 and 2 were written, one after the other."""
    rows = []
    for at, key in enumerate("ab"):
        read = 2 if key == "a" else second_read
        rows += [
            Row(at, "write", key, 1, N, N, 0, 10),
            Row(at, "write", key, 2, N, N, 20, 30),
            Row(at, "write", key, 1, N, N, 12, 14, "fail"),
            Row(at + 2, "read", key, N, N, read, 40, 50),
        ]
    return from_rows(rows)


def test_the_default_is_linearizability_by_the_guessed_model() -> None:
    found = judge_history(loaded(two_keys(2)), Question())
    assert (found.model, list(found.verdicts), found.verdict) == ("kv", ["linearizable"], "valid")
    assert (found.operations, found.keys, found.clients) == (8, 2, 4)
    assert judge_history(loaded(two_keys(1)), Question()).violated == ("linearizable",)


def test_a_ladder_tells_what_holds_where_the_strongest_level_does_not() -> None:
    found = judge_history(loaded(two_keys(1)), asked(ladder=True))
    assert "linearizable" in found.violated
    assert isinstance(found.verdicts["causal-consistency"], Valid)
    assert found.smallest_k == 2
    assert "linearizable" not in found.strongest


def test_an_initial_value_is_what_a_read_may_return() -> None:
    history = from_rows([Row(0, "read", None, N, N, 0, 0, 1)])
    assert judge_history(loaded(history), Question()).verdict == "invalid"
    assert judge_history(loaded(history), asked(initial="0")).verdict == "valid"
    assert judge_history(loaded(history), asked(initial="0", ladder=True)).violated == ()


def test_a_history_without_operations_says_so_and_one_that_lost_them_is_unknown() -> None:
    found = judge_history(loaded(from_rows([])), Question())
    assert found.verdicts == {"linearizable": Valid("there is no operation in it that could violate anything")}
    torn = Loaded(from_rows([]), (Notice(Doubt.TORN, 1, 0, "cut off"),), "jsonl", "h.jsonl")
    assert judge_history(torn, Question()).verdict == "unknown"


def test_levels_of_one_kind_of_history_stand_beside_the_others() -> None:
    history = from_rows([Row(0, "add", None, 1, N, N, 0, 1), Row(0, "read", None, N, N, (), 2, 3)])
    levels = ("linearizable", "no-lost-element", "no-stale-element")
    assert judge_history(loaded(history), asked(ladder=True)).violated == levels
    assert list(judge_history(loaded(history), asked(levels=("no-lost-element",))).verdicts) == ["no-lost-element"]
    found = judge_history(loaded(two_keys(1)), asked(levels=("no-lost-update", "pram")))
    assert (list(found.verdicts), found.verdict) == (["pram", "no-lost-update"], "valid")


def test_what_became_of_the_elements_is_told_where_a_level_asks_for_it() -> None:
    history = from_rows([Row(0, "add", None, 1, N, N, 0, 1), Row(0, "read", None, N, N, (), 2, 3)])
    found = judge_history(loaded(history), asked(levels=("no-stale-element",)))
    assert found.elements is not None
    assert [one.value for one in found.elements.lost] == [1]
    assert judge_history(loaded(history), asked(levels=("linearizable",))).elements is None


def test_staleness_is_measured_where_it_is_asked_for_and_of_registers_only() -> None:
    history = loaded(two_keys(1))
    found = judge_history(history, asked(staleness=True))
    assert found.staleness is not None
    assert (found.staleness.fresh, found.staleness.oldest_stale) == ((1, 2), 10)
    assert (found.violated, judge_history(history, asked()).staleness) == (("linearizable",), None)
    assert judge_in_parallel(history, asked(staleness=True), began_s=0.0).staleness == found.staleness
    assert judge_history(loaded(from_rows([])), asked(model="kv", staleness=True)).staleness is None
    added = from_rows([Row(0, "add", None, 1, N, N, 0, 1), Row(0, "read", None, N, N, (1,), 2, 3)])
    with pytest.raises(
        UsageError, match=r"^h.jsonl: --staleness: of a set; accepted: register, cas-register, kv, mvr$"
    ):
        judge_history(loaded(added), asked(staleness=True))


def test_identifiers_have_a_level_of_their_own_and_nothing_at_first() -> None:
    rows = [Row(0, "generate", None, N, N, 7, 0, 1), Row(1, "generate", None, N, N, 7, 2, 3)]
    found = judge_history(loaded(from_rows(rows)), Question())
    assert (found.model, found.violated) == ("unique-ids", ("no-duplicate-id",))
    assert judge_history(loaded(from_rows(rows[:1])), asked(ladder=True)).verdict == "valid"
    other = [row._replace(f="lease") for row in rows]
    assert judge_history(loaded(from_rows(other)), asked(model="unique-ids")).verdict == "invalid"
    with pytest.raises(UsageError, match=r"^--initial: of unique-ids; accepted: nothing"):
        judge_history(loaded(from_rows(rows)), asked(initial="7"))


def test_a_model_that_does_not_have_the_operations_is_the_users_mistake() -> None:
    with pytest.raises(UsageError, match=r"^h.jsonl: .*accepted for --model mutex: acquire, release"):
        judge_history(loaded(two_keys(2)), asked(model="mutex"))
    with pytest.raises(UsageError, match=r"^h.jsonl: no contexts in it"):
        judge_history(loaded(two_keys(2)), asked(model="mvr"))


@pytest.mark.parametrize("read", [1, 2])
def test_keys_apart_in_processes_give_the_verdict_of_keys_together(read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "PARALLEL_FROM", 1)
    monkeypatch.setattr(judging, "cores", lambda: 2)
    history = two_keys(read)
    repeated = from_rows([*history.rows(), Row(9, "write", "a", 2, N, N, 60, 70)])
    apart = judge_in_parallel(loaded(repeated), Question(), began_s=0.0)
    together = judge_history(loaded(repeated), Question())
    assert apart.verdict == together.verdict
    if read == 1:
        assert apart.verdicts == together.verdicts, "the same operations at the same places"
    else:
        assert apart.verdicts == {"linearizable": Valid("9 operations on 2 keys, in 2 processes")}


@pytest.mark.parametrize("seed", range(12))
def test_parts_of_a_history_are_together_what_the_whole_is(seed: int) -> None:
    history = linearizable(seed, Shape(model="kv", operations=60, keys=4, values=3)).columns
    broken = history if seed % 2 else from_rows([*history.rows(), Row(99, "read", 2, N, N, 77, 9_999, 10_000)])
    whole = check(broken, "kv", explain=False)
    parts = [check(only(broken, broken.key % 2 == part), "kv", explain=False) for part in (0, 1)]
    assert isinstance(whole, Invalid) == any(isinstance(part, Invalid) for part in parts)
    assert isinstance(whole, Invalid) == (seed % 2 == 0)


def test_a_search_without_time_is_unknown_and_says_what_to_try() -> None:
    history = busy(3_000, 20, values=3, swaps=0.6)
    found = judge_in_parallel(loaded(history), asked(limits=judging.Question().limits._replace(budget_s=0.001)), 0.0)
    assert found.verdicts == {"linearizable": Unknown("the budget was spent: try a larger --budget")}
    assert (found.stopped, found.operations) == ("budget", len(history))
