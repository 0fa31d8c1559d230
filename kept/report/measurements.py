"""What was measured in a history, as documents of ``--json``. Times are in the file's own unit."""

from typing import Any

from pydantic import Field

from checkers.staleness.confidence import Proportion
from checkers.staleness.measured import Staleness
from checkers.workloads.sets import Element, SetReport, quantiles
from histories.values import plain
from kept.report.claim import Document

NAMED = 1_000
"""Elements of a kind that a document names."""


class ProportionDocument(Document):
    """So many of so many; the interval holds the true share in 95 of 100 samples, if reads were independent."""

    count: int
    of: int
    low: float
    high: float


class VisibilityDocument(ProportionDocument):
    """Fresh reads among those that began so long after the newest write was acknowledged."""

    since: int
    before: int | None


class WithinDocument(ProportionDocument):
    """Reads that returned one of the last k writes."""

    k: int


class StalenessDocument(Document):
    """How stale the reads of a history were."""

    fresh: ProportionDocument
    visibility: tuple[VisibilityDocument, ...]
    within: tuple[WithinDocument, ...]
    most_missed: int = Field(description="acknowledged writes that a read certainly missed, at the most")
    oldest_stale: int | None = Field(description="how old the newest write was at a stale read, at the most")
    oldest_stale_operation: int | None
    too_early: int = Field(description="reads before any acknowledged write of their key")
    unexplained: int = Field(description="reads of what nobody had written")
    unheard: int = Field(description="reads without a result")
    repeated: bool = Field(description="values were written twice, so that each read was given the freshest that fits")


class ElementDocument(Document):
    """An element with which something is wrong."""

    element: Any
    operations: tuple[int, ...]
    lasted: int = Field(description="stale: until when a read lacked it; lost: until when a read returned it")


class ElementsDocument(Document):
    """What became of the elements of a set; of each kind the first thousand."""

    adds: int
    acknowledged: int
    deletes: int
    reads: int
    counts: dict[str, int]
    lost: tuple[ElementDocument, ...]
    never_read: tuple[ElementDocument, ...]
    stale: tuple[ElementDocument, ...]
    duplicates: tuple[ElementDocument, ...]
    unexpected: tuple[ElementDocument, ...]
    resurrected: tuple[ElementDocument, ...]
    unseen: int
    visible_after: dict[float, int] = Field(description="quantile: how long a read still lacked an element")
    lost_after: dict[float, int]


def staleness_document(found: Staleness) -> StalenessDocument:
    """The staleness of one history."""
    return StalenessDocument(
        fresh=ProportionDocument(**_share(found.fresh)),
        visibility=tuple(
            VisibilityDocument(since=one.since, before=one.before, **_share(one.fresh)) for one in found.visibility
        ),
        within=tuple(WithinDocument(k=one.k, **_share(one.reads)) for one in found.within),
        most_missed=found.most_missed,
        oldest_stale=found.oldest_stale,
        oldest_stale_operation=found.oldest_row,
        too_early=found.left_out.too_early,
        unexplained=found.left_out.unexplained,
        unheard=found.left_out.unheard,
        repeated=found.repeated,
    )


def elements_document(found: SetReport) -> ElementsDocument:
    """The elements of one history."""
    kinds = {
        name: getattr(found, name)
        for name in ("lost", "never_read", "stale", "duplicates", "unexpected", "resurrected")
    }
    return ElementsDocument(
        adds=found.adds,
        acknowledged=found.acknowledged,
        deletes=found.deletes,
        reads=found.reads,
        counts={name: len(elements) for name, elements in kinds.items()},
        **{name: tuple(_element(one) for one in elements[:NAMED]) for name, elements in kinds.items()},
        unseen=found.unseen,
        visible_after=quantiles(found.visible_after),
        lost_after=quantiles(found.lost_after),
    )


def _element(found: Element) -> ElementDocument:
    return ElementDocument(element=plain(found.value), operations=found.rows, lasted=found.lasted)


def _share(found: Proportion) -> dict[str, Any]:
    return {"count": found.successes, "of": found.of, "low": found.low, "high": found.high}
