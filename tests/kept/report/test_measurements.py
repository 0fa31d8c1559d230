"""kept.report.measurements: documents of what was measured come back whole, whatever the values were."""

import json

import numpy as np

from checkers.staleness.measured import LeftOut, Reads, summarised
from checkers.workloads.sets import judge
from histories.columns import Row, from_rows
from histories.values import Keyword, set_of
from kept.report.measurements import NAMED, ElementsDocument, StalenessDocument, elements_document, staleness_document


def test_a_document_of_staleness_says_everything() -> None:
    reads = Reads(np.arange(4), np.array([0, 3, 70, 2_000]), np.array([2, 1, 0, 0]))
    document = staleness_document(summarised(reads, LeftOut(1, 2, 3)))
    assert StalenessDocument.model_validate_json(document.model_dump_json()) == document
    assert (document.fresh.count, document.fresh.of) == (2, 4)
    assert [(one.since, one.before, one.count) for one in document.visibility][-1] == (2_000, None, 1)
    assert [one.k for one in document.within] == [1, 2, 3]
    assert (document.oldest_stale, document.oldest_stale_operation, document.most_missed) == (3, 1, 2)
    assert (document.too_early, document.unexplained, document.unheard, document.repeated) == (1, 2, 3, False)


def test_a_document_of_elements_names_the_first_thousand_and_counts_all() -> None:
    odd = [Keyword("a"), set_of([1, 2]), "text", 1.5]
    rows = [Row(0, "add", None, one, start=at, end=at + 1) for at, one in enumerate([*odd, *range(NAMED)])]
    rows.append(Row(1, "read", None, result=(7,), start=5_000, end=5_001))
    document = elements_document(judge(from_rows(rows)))
    assert ElementsDocument.model_validate_json(document.model_dump_json()) == document
    assert document.counts["lost"] == document.counts["never_read"] == NAMED + 3
    assert len(document.lost) == NAMED
    told = json.loads(document.model_dump_json())
    assert [one["element"] for one in told["lost"][:4]] == ["a", [1, 2], "text", 1.5]
    assert document.lost[0].operations == (0, NAMED + 4)
    assert document.visible_after[1.0] == 0
