"""kept.judge.question: names that do not exist are told with the nearest, and each model has its levels."""

import pytest

from checkers.ladder.levels import LEVELS
from checkers.registry import CLAIMS
from kept.judge.question import MODEL_NAMES, Question, asked, levels_of, wanted_levels, wording
from kept.lab.usage import UsageError


@pytest.mark.parametrize("model", MODEL_NAMES)
def test_every_level_of_a_model_has_its_wording(model: str) -> None:
    assert "linearizable" in levels_of(model) or model in ("unique-ids", "mvr")
    assert levels_of(model)
    assert all(len(wording(level, model)) > 20 for level in levels_of(model))


def test_registers_have_the_whole_ladder_and_multi_value_registers_the_promises() -> None:
    assert levels_of("kv") == (*LEVELS, "no-lost-update", "no-lost-write-back")
    assert levels_of("mvr")[: len(CLAIMS)] == tuple(CLAIMS)
    assert levels_of("mutex") == ("linearizable",)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"model": "registr"}, r"^--model: registr; accepted: .*; did you mean register\?$"),
        ({"levels": ("causal-memry",)}, r"^--level: causal-memry; accepted: .*; did you mean causal-memory\?$"),
        ({"model": "mutex", "levels": ("pram",)}, r"^--level: pram; accepted: linearizable .*--model mutex"),
        ({"ladder": True, "levels": ("pram",)}, "^--ladder: beside --level pram"),
        ({"model": "set", "staleness": True}, "^--staleness: of a set; accepted: register, cas-register, kv, mvr$"),
    ],
)
def test_a_wrong_name_is_one_line_with_what_is_accepted(words: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        asked(**words)  # type: ignore[arg-type]


def test_levels_are_in_the_order_of_the_ladder_and_linearizable_where_none_is_named() -> None:
    assert wanted_levels(Question(), "kv", "h") == ("linearizable",)
    assert wanted_levels(Question(), "mvr", "h") == ()
    assert wanted_levels(Question(levels=("pram", "sequential")), "kv", "h") == ("sequential", "pram")
    assert wanted_levels(Question(ladder=True), "register", "h") == tuple(LEVELS)


def test_a_level_that_the_guessed_model_does_not_have_names_the_history() -> None:
    with pytest.raises(UsageError, match=r"^h.edn: --level: pram; accepted: linearizable"):
        wanted_levels(Question(levels=("pram",)), "set", "h.edn")
