"""What is asked of every history: model, initial value, levels, and what the answer may cost."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from checkers.ladder.levels import LEVELS
from histories.codecs.jepsen import AS_IT_IS, Options
from kept.judge.workloads import OWN_LEVELS, UNIQUE_IDS, WORKLOADS
from kept.lab.usage import UsageError, unknown
from model.specifications.catalogue import MODELS, REGISTERS

if TYPE_CHECKING:
    from checkers.registry import Claim

MVR = "mvr"
"""Multi-value registers with contexts: this store's own histories. Their levels are the store's promises."""
MODEL_NAMES = (*MODELS, UNIQUE_IDS, MVR)
LINEARIZABLE = "linearizable"
MEASURED = (*REGISTERS, MVR)
"""Models of which the staleness of reads is measured."""


class Limits(NamedTuple):
    """What an answer may cost; None: as much as it takes."""

    budget_s: float | None = None
    """Real time of everything together."""
    memory_bytes: int | None = None
    """Resident memory of each process that judges."""


class Question(NamedTuple):
    """What `kept check` asks. Make it with `asked`."""

    model: str | None = None
    """None: guessed from the functions of each history."""
    initial: str | None = None
    """As it was typed, in EDN; None: the model's own."""
    levels: tuple[str, ...] = ()
    """Empty: linearizable, or for `MVR` what the run's configuration promises."""
    ladder: bool = False
    """Every level that there is."""
    options: Options = AS_IT_IS
    limits: Limits = Limits()
    staleness: bool = False
    """Measure how stale reads were, too."""
    graph: bool = False
    """Whether the order around each violation is wanted as a graph."""


def asked(
    model: str | None = None,
    initial: str | None = None,
    levels: tuple[str, ...] = (),
    ladder: bool = False,
    options: Options = AS_IT_IS,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    staleness: bool = False,
    graph: bool = False,
) -> Question:
    """A question whose names are known. Raises `UsageError` that names the flag."""
    if model is not None and model not in MODEL_NAMES:
        raise unknown("--model", model, list(MODEL_NAMES))
    if levels:
        every = (*LEVELS, *WORKLOADS, *_claims(), *OWN_LEVELS) if model is None else levels_of(model)
        names = list(dict.fromkeys(every))
        for level in levels:
            if level not in names:
                raise _not_a_level(level, model, names)
    if ladder and levels:
        raise UsageError(
            f"--ladder: beside --level {levels[0]}; accepted: one of the two, for the ladder is all levels"
        )
    if staleness and model is not None:
        check_measurable(model)
    return Question(model, initial, levels, ladder, options, limits, staleness, graph)


def check_measurable(model: str) -> None:
    """Raise `UsageError` where the staleness of reads of `model` is not measured."""
    if model not in MEASURED:
        raise UsageError(f"--staleness: of a {model}; accepted: {', '.join(MEASURED)}")


def levels_of(model: str) -> tuple[str, ...]:
    """The levels that a history of `model` can be held against."""
    if model == MVR:
        return (*_claims(), *OWN_LEVELS)
    others = tuple(name for name, one in WORKLOADS.items() if model in one.models)
    if model not in MODELS:
        return others
    return (*(LEVELS if model in REGISTERS else (LINEARIZABLE,)), *others)


def wanted_levels(question: Question, model: str, name: str) -> tuple[str, ...]:
    """The levels of a history called `name`, in their order; empty where its own file says them (`MVR`)."""
    possible = levels_of(model)
    for level in question.levels:
        if level not in possible:
            raise UsageError(f"{name}: {_not_a_level(level, model, list(possible))}")
    if question.ladder:
        return tuple(LEVELS) if model in REGISTERS else possible
    if question.levels:
        return tuple(level for level in possible if level in question.levels)
    if model == MVR:
        return ()
    return (LINEARIZABLE,) if model in MODELS else possible


def wording(level: str, model: str) -> str:
    """What a level promises, exactly."""
    if level in WORKLOADS:
        return WORKLOADS[level].wording
    if model != MVR:
        return LEVELS[level].wording
    return OWN_LEVELS[level].wording if level in OWN_LEVELS else _claims()[level].wording


def _claims() -> "Mapping[str, Claim]":
    """The store's own promises."""
    from checkers.registry import CLAIMS  # noqa: PLC0415 - to load them takes longer than to judge a small history

    return CLAIMS


def _not_a_level(level: str, model: str | None, names: list[str]) -> UsageError:
    error: Any = unknown("--level", level, names)
    return UsageError(f"{error} (the levels of --model {model})") if model is not None else UsageError(str(error))
