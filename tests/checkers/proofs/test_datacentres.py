"""checkers.proofs.datacentres: the lemma of room, and the whole table of levels against brute force."""

from collections.abc import Callable
from itertools import combinations, product

import pytest

from checkers.proofs.datacentres import LOCAL, OTHER, REMOTE, REST, SAME, cell, merging, room, table
from checkers.proofs.levels import READ_LEVELS, WRITE_LEVELS, Layout, can_be_met, meets, need
from checkers.proofs.solving import Solvers
from checkers.proofs.terms import holds

BOTH = Solvers(("z3", "cvc5"))


def satisfied(level: str, coordinator: str, factors: dict[str, int]) -> Callable[[dict[str, int]], bool]:
    """Cassandra's levels as its documentation has them: replicas that answered, by data centre -> whether it is met."""
    whole = sum(factors.values())
    majority = {name: factor // 2 + 1 for name, factor in factors.items()}
    return {
        "ANY": lambda a: True,
        "ONE": lambda a: sum(a.values()) >= 1,
        "TWO": lambda a: sum(a.values()) >= 2,
        "THREE": lambda a: sum(a.values()) >= 3,
        "LOCAL_ONE": lambda a: a[coordinator] >= 1,
        "LOCAL_QUORUM": lambda a: a[coordinator] >= majority[coordinator],
        "QUORUM": lambda a: sum(a.values()) >= whole // 2 + 1,
        "EACH_QUORUM": lambda a: all(a[name] >= majority[name] for name, factor in factors.items() if factor),
        "ALL": lambda a: sum(a.values()) == whole,
    }[level]


def can_miss(write: str, read: str, writer: str, reader: str, factors: dict[str, int]) -> bool | None:
    """Whether some replicas meet the write's level, and others the read's; None where a level cannot be met."""
    replicas = [(name, at) for name, factor in factors.items() for at in range(factor)]
    acked, heard = satisfied(write, writer, factors), satisfied(read, reader, factors)

    def by_centre(chosen: set[tuple[str, int]]) -> dict[str, int]:
        return {name: sum(one == name for one, _ in chosen) for name in factors}

    if not acked(dict(factors)) or not heard(dict(factors)):
        return None
    subsets = (set(c) for size in range(len(replicas) + 1) for c in combinations(replicas, size))
    return any(acked(by_centre(s)) and heard(by_centre(set(replicas) - s)) for s in subsets)


@pytest.mark.parametrize("same", [True, False])
def test_every_condition_agrees_with_brute_force_over_replicas(same: bool) -> None:
    layout = SAME if same else OTHER
    compared = 0
    for factors in product(range(1, 4), *([range(3)] if same else [range(1, 3), range(2)])):
        named = dict(zip(layout.names, factors, strict=True))
        values = layout.values(named)
        reader = LOCAL if same else REMOTE
        for write, read in product(WRITE_LEVELS, READ_LEVELS):
            acks, replies = need(write, layout, LOCAL), need(read, layout, reader)
            misses = can_miss(write, read, LOCAL, reader, named)
            possible = all(holds(can_be_met(wanted, layout), values) for wanted in (acks, replies))
            assert possible == (misses is not None), (write, read, named)
            if misses is not None:
                assert holds(meets(acks, replies, layout), values) != misses, (write, read, named)
                compared += 1
    assert compared >= 500


@pytest.mark.parametrize("names", [(LOCAL, REST), (LOCAL, REMOTE, REST)])
def test_both_solvers_confirm_the_lemma_behind_the_table(names: tuple[str, ...]) -> None:
    for problem in room(names).obligations():
        assert BOTH.ask(problem).result == "proved", problem.name


def test_one_data_centre_may_stand_for_several() -> None:
    assert BOTH.ask(merging()).result == "proved"


@pytest.fixture(scope="module")
def cells() -> dict[tuple[str, str, bool], object]:
    return {(one.write, one.read, one.same): one for one in table(Solvers())}


def test_the_table_has_every_pair_of_levels_for_coordinators_in_one_and_in_two_data_centres(cells) -> None:
    assert len(cells) == 9 * 8 * 2
    assert not {one.answer for one in cells.values()} & {"unknown", "disagreement"}


@pytest.mark.parametrize(
    ("write", "read", "same", "answer"),
    [
        ("LOCAL_QUORUM", "LOCAL_QUORUM", True, "always"),
        ("LOCAL_QUORUM", "LOCAL_QUORUM", False, "never"),
        ("LOCAL_QUORUM", "EACH_QUORUM", False, "always"),
        ("EACH_QUORUM", "LOCAL_QUORUM", False, "always"),
        ("QUORUM", "QUORUM", False, "always"),
        ("QUORUM", "LOCAL_QUORUM", True, "sometimes"),
        ("ALL", "ONE", False, "always"),
        ("ANY", "ALL", True, "never"),
        ("ONE", "ONE", True, "sometimes"),
        ("ONE", "ONE", False, "never"),
    ],
)
def test_known_cells(cells, write: str, read: str, same: bool, answer: str) -> None:
    assert cells[write, read, same].answer == answer


def test_the_smallest_failure_of_a_cell_fails_and_nothing_smaller_does(cells) -> None:
    for (write, read, same), one in cells.items():
        layout = SAME if same else OTHER
        if one.answer == "always":
            assert one.fails == {}
            continue
        reader = LOCAL if same else REMOTE
        if sum(one.fails.values()) > 6:
            continue  # brute force over replicas would take long
        assert can_miss(write, read, LOCAL, reader, one.fails) is True
        for factors in product(range(5), repeat=len(layout.names)):
            named = dict(zip(layout.names, factors, strict=True))
            if sum(factors) >= sum(one.fails.values()) or min(factors[: 1 if same else 2]) < 1:
                continue
            assert can_miss(write, read, LOCAL, reader, named) is not True


def test_both_solvers_agree_on_a_cell() -> None:
    assert cell("LOCAL_QUORUM", "EACH_QUORUM", False, BOTH).answer == "always"
    assert cell("QUORUM", "LOCAL_ONE", True, BOTH).fails == {LOCAL: 3, REST: 0}


def test_a_time_out_is_a_cell_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from checkers.proofs import solving

    monkeypatch.setitem(solving._ASK, "z3", lambda _problem, _timeout: solving.Answer("z3", "unknown", "timeout"))
    found = cell("ONE", "ONE", True, Solvers())
    assert (found.answer, found.reason) == ("unknown", "z3 gave up (timeout)")


def test_more_data_centres_than_three_are_no_different() -> None:
    """What the table says of one other data centre is true of many: brute force over four."""
    layout = Layout(("a", "b", "c", "d"))
    factors = {"a": 2, "b": 1, "c": 2, "d": 1}
    for write, read in product(("LOCAL_QUORUM", "EACH_QUORUM", "QUORUM", "ALL"), repeat=2):
        for writer, reader in (("a", "a"), ("a", "c")):
            acks, replies = need(write, layout, writer), need(read, layout, reader)
            expected = not can_miss(write, read, writer, reader, factors)
            assert holds(meets(acks, replies, layout), layout.values(factors)) == expected
            if cell(write, read, writer == reader, Solvers()).answer == "always":
                assert expected
