"""Levels that only one kind of history has: elements of sets, bounds of counters, lost updates, siblings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from checkers.verdict import Unknown, Verdict
from histories.columns import DELETE, Columns
from histories.run import RecordedRun
from histories.values import Set
from model.specifications.catalogue import REGISTERS


class Workload(NamedTuple):
    """A level of certain models."""

    models: tuple[str, ...]
    wording: str
    judge: Callable[[Columns, Any], Verdict]
    """Of a history and what its objects held at first."""


class OwnLevel(NamedTuple):
    """A level of this store's own histories, beside the promises of its configuration."""

    wording: str
    judge: Callable[[RecordedRun], Verdict]


def _elements(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import sets  # noqa: PLC0415 - only what is asked for is loaded

    if len(initial) or (history.f == DELETE).any():
        return Unknown("elements are only followed in sets that begin empty and that nothing is deleted from")
    plain = tuple(value.items if isinstance(value, Set) else value for value in history.values)
    return sets.judge(replace(history, values=plain)).verdict


def _bounds(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import counters  # noqa: PLC0415

    return counters.judge(history, initial)


def _updates(history: Columns, initial: Any) -> Verdict:
    from checkers.workloads import updates  # noqa: PLC0415

    return updates.judge(history, initial)


def _maximal(run: RecordedRun) -> Verdict:
    from checkers import multivalue  # noqa: PLC0415

    return multivalue.check(run)


def _clocks(run: RecordedRun) -> Verdict:
    from checkers import clocks  # noqa: PLC0415

    return clocks.check(run)


WORKLOADS: Mapping[str, Workload] = {
    "no-lost-element": Workload(
        ("set",), "every element that was added is in the last reads, none is there twice or was never added", _elements
    ),
    "within-bounds": Workload(
        ("counter",), "every read lies between what was certainly added and what may have been", _bounds
    ),
    "no-lost-update": Workload(
        REGISTERS, "no two compare-and-sets that took effect began from one value that was there once", _updates
    ),
}

OWN_LEVELS: Mapping[str, OwnLevel] = {
    "maximal-siblings": OwnLevel(
        "a get returns exactly the maximal ones of the puts that its context covers", _maximal
    ),
    "true-clocks": OwnLevel("no recorded clock contradicts the order that the history itself shows", _clocks),
}
