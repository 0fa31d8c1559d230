"""checkers.proofs.centres: levels over named data centres, with named replicas and other levels that would do."""

from itertools import product

import pytest

from checkers.proofs.centres import Centres, judged, possible
from checkers.proofs.levels import READ_LEVELS, WRITE_LEVELS
from checkers.proofs.solving import Solvers

Z3 = Solvers()
TWO = {"eu": 3, "us": 3}


def test_local_quorums_meet_in_one_data_centre_and_miss_across_two() -> None:
    here, across = judged(Centres(TWO, "LOCAL_QUORUM", "LOCAL_QUORUM"), Z3)
    assert (here.result, across.result) == ("proved", "refuted")
    assert here.because == "quorum(eu) + quorum(eu) > eu: 4 > 3; quorum(us) + quorum(us) > us: 4 > 3"
    assert across.because == (
        "written through eu, read through us: the write is acknowledged by eu-1 and eu-2; the read hears us-1 and "
        "us-2: no replica is in both"
    )
    assert across.repairs == ("read at EACH_QUORUM", "write at EACH_QUORUM")
    assert here.decides
    assert across.decides
    assert not judged(Centres(TWO, "LOCAL_QUORUM", "LOCAL_QUORUM", "same"), Z3)[1].decides


def test_one_data_centre_has_no_other_coordinator() -> None:
    (only,) = judged(Centres({"eu": 3}, "QUORUM", "QUORUM"), Z3)
    assert only.result == "proved"


def test_the_solver_and_the_condition_agree_on_every_pair_of_levels() -> None:
    """`judged` holds one against the other itself; here for three centres of different size."""
    factors = {"a": 3, "b": 2, "c": 1}
    results = set()
    for write, read in product(WRITE_LEVELS, READ_LEVELS):
        if all(possible(factors, level, name) for level in (write, read) for name in factors):
            results |= {one.result for one in judged(Centres(factors, write, read), Z3)}
    assert results == {"proved", "refuted"}


def test_two_dozen_data_centres_are_decided_and_the_counterexample_asks_no_more_than_the_levels_do() -> None:
    factors = {f"dc{at}": 3 for at in range(24)}
    here, across = judged(Centres(factors, "EACH_QUORUM", "LOCAL_ONE"), Z3)
    assert (here.result, across.result) == ("refuted", "refuted")
    assert here.nodes is not None
    assert len(here.nodes["write"]) == 48
    assert here.nodes["read"] == ("dc0-3",)


@pytest.mark.parametrize(("level", "there"), [("THREE", False), ("TWO", True), ("EACH_QUORUM", True), ("ALL", True)])
def test_a_level_that_asks_for_more_than_there_is_is_not_possible(level: str, there: bool) -> None:
    assert possible({"a": 1, "b": 1}, level, "a") == there
