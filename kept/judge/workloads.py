"""Levels that only one kind of history has: elements of sets, bounds of counters, identifiers, updates, siblings."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from checkers.verdict import Verdict
from histories.columns import Columns
from model.specifications.catalogue import REGISTERS

if TYPE_CHECKING:
    from checkers.workloads.sets import SetReport
    from histories.run import RecordedRun

UNIQUE_IDS = "unique-ids"
"""A model without a state: whoever asks is given an identifier, and nobody the same."""


class Workload(NamedTuple):
    """A level of certain models."""

    models: tuple[str, ...]
    wording: str
    judge: Callable[[Columns, Any], Verdict]
    """Of a history and what its objects held at first."""


class OwnLevel(NamedTuple):
    """A level of this store's own histories, beside the promises of its configuration."""

    wording: str
    judge: "Callable[[RecordedRun], Verdict]"


def set_report(history: Columns, initial: Any) -> "SetReport":
    """What became of each element of a set."""
    from checkers.workloads import sets  # noqa: PLC0415 - only what is asked for is loaded

    return sets.judge(history, initial)


def _elements(history: Columns, initial: Any) -> Verdict:
    return set_report(history, initial).verdict


def _fresh_elements(history: Columns, initial: Any) -> Verdict:
    return set_report(history, initial).fresh


def _bounds(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import counters  # noqa: PLC0415

    return counters.judge(history, initial)


def _identifiers(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import identifiers  # noqa: PLC0415

    return identifiers.judge(history)


def _updates(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import updates  # noqa: PLC0415

    return updates.judge(history, initial)


def _written_back(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import updates  # noqa: PLC0415

    return updates.judge_written_back(history, initial)


def _transactions(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import updates  # noqa: PLC0415

    return updates.judge_transactions(history, initial)


def _maximal(run: "RecordedRun") -> Verdict:
    from checkers import multivalue  # noqa: PLC0415

    return multivalue.check(run)


def _clocks(run: "RecordedRun") -> Verdict:
    from checkers import clocks  # noqa: PLC0415

    return clocks.check(run)


WORKLOADS: Mapping[str, Workload] = {
    "no-lost-element": Workload(
        ("set",),
        "every element that was added and not deleted is in the last reads, and none is there twice, or was never "
        "added, or had been deleted",
        _elements,
    ),
    "no-stale-element": Workload(
        ("set",), "the same, and a known element is in every read that begins later", _fresh_elements
    ),
    "within-bounds": Workload(
        ("counter",), "every read lies between what was certainly added and what may have been", _bounds
    ),
    "no-duplicate-id": Workload((UNIQUE_IDS,), "no identifier was given twice", _identifiers),
    "no-lost-update": Workload(
        REGISTERS, "no two compare-and-sets that took effect began from one value that was there once", _updates
    ),
    "no-lost-write-back": Workload(
        REGISTERS,
        "the same, and no two writes of clients that had read one value before; where writes are computed from reads",
        _written_back,
    ),
    "no-lost-transaction": Workload(
        ("multi-register",),
        "no two transactions that took effect read one value that was there once, and then replaced it",
        _transactions,
    ),
}

ELEMENTS: Mapping[str, str] = {"no-lost-element": "verdict", "no-stale-element": "fresh"}
"""The levels that one report on a set decides, and its field that does."""

OWN_LEVELS: Mapping[str, OwnLevel] = {
    "maximal-siblings": OwnLevel(
        "a get returns exactly the maximal ones of the puts that its context covers", _maximal
    ),
    "true-clocks": OwnLevel("no recorded clock contradicts the order that the history itself shows", _clocks),
}
