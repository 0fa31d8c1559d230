"""Sets: each way in which an element may be missing or be there wrongly, and none where it may be so."""

import random
from itertools import combinations

import pytest

from checkers.linearizability.check import check
from checkers.verdict import Invalid, Unknown, Valid
from checkers.workloads.sets import judge, quantiles
from histories.columns import Mark, Row, from_rows
from histories.generate import Shape, linearizable
from histories.values import Keyword, set_of


def add(value, start, end, status="ok"):
    return Row(0, "add", None, value, start=start, end=None if status == "info" else end, status=status)


def delete(value, start, end, status="ok"):
    return Row(2, "delete", None, value, start=start, end=None if status == "info" else end, status=status)


def read(elements, start, end):
    return Row(1, "read", None, result=elements, start=start, end=end)


def told(*rows, **options):
    return judge(from_rows(rows), **options)


def values(elements):
    return [element.value for element in elements]


def test_elements_that_every_later_read_returned_are_fine():
    found = told(add(1, 0, 1), read((1,), 2, 3), add(2, 4, 5), read((1, 2), 6, 7))
    assert found.verdict == Valid("2 adds, 2 reads")
    assert found.visible_after == (0, 0)


def test_an_element_that_disappears_is_lost_and_it_is_told_when_it_was_last_seen():
    found = told(add(1, 0, 1), read((1,), 21, 22), read((), 40, 50))
    assert values(found.lost) == [1]
    assert found.lost_after == (20,)
    assert isinstance(found.verdict, Invalid)
    assert found.verdict.counterexample.operations == (0, 2)


def test_an_element_that_was_acknowledged_and_never_read_is_lost():
    found = told(add(1, 0, 1), read(Mark.NIL, 2, 3))
    assert values(found.never_read) == values(found.lost) == [1]
    assert found.lost_after == (0,)


def test_an_element_that_comes_back_is_stale_and_it_is_told_for_how_long():
    rows = [add(1, 0, 10), read((), 30, 31), read((1,), 40, 41)]
    found = told(*rows)
    assert values(found.stale) == [1]
    assert found.stale[0].lasted == 20
    assert found.visible_after == (20,)
    assert found.verdict == Valid("1 add, 2 reads; 1 element stale, for 20 at most")
    assert isinstance(told(*rows).fresh, Invalid)


def test_of_several_stale_elements_the_longest_time_is_told():
    found = told(add(1, 0, 10), add(2, 0, 20), read((), 30, 31), read((1, 2), 40, 41))
    assert found.visible_after == (10, 20)
    assert found.verdict == Valid("2 adds, 2 reads; 2 elements stale, for 20 at most")


def test_the_quantiles_of_latencies_are_those_of_jepsen():
    assert quantiles(()) == {}
    assert quantiles((7,)) == dict.fromkeys((0.0, 0.5, 0.95, 0.99, 1.0), 7)
    assert quantiles(tuple(range(100))) == {0.0: 0, 0.5: 50, 0.95: 95, 0.99: 99, 1.0: 99}


def test_a_read_that_overlaps_the_add_may_lack_it():
    assert isinstance(told(add(1, 0, 5), read((), 4, 6), read((1,), 7, 8)).fresh, Valid)


def test_a_pending_add_may_never_be_seen_but_not_come_and_go():
    assert isinstance(told(add(1, 0, 1, "info"), read((), 4, 6)).verdict, Valid)
    found = told(add(1, 0, 1, "info"), read((1,), 4, 6), read((), 7, 8))
    assert values(found.lost) == [1]


def test_duplicates_and_elements_that_nobody_added_are_found():
    assert values(told(add(1, 0, 1), read((1, 1), 2, 3)).duplicates) == [1]
    assert isinstance(told(add(1, 0, 1), read((1, 1), 2, 3)).verdict, Invalid)
    assert values(told(add(1, 0, 1), read((1, 9), 2, 3)).unexpected) == [9]
    assert values(told(add(1, 0, 1, "fail"), read((1,), 2, 3)).unexpected) == [1]
    assert values(told(read((1,), 0, 1), add(1, 2, 3)).unexpected) == [1]


def test_a_set_that_was_read_is_its_elements_and_not_one_element():
    found = told(add(1, 0, 1), add(2, 2, 3), read(set_of([1, 2]), 4, 5), read(set_of([1]), 6, 7))
    assert (found.reads, values(found.lost), values(found.unexpected)) == (2, [2], [])
    assert values(told(add(set_of([1]), 0, 1), read(set_of([set_of([1])]), 2, 3)).lost) == []


def test_values_of_different_types_are_different_elements():
    assert values(told(add(1, 0, 1), read((True,), 2, 3)).lost) == [1]
    assert values(told(add(1, 0, 1), read((1, 1.0), 2, 3)).unexpected) == [1.0]


def test_what_is_no_collection_is_the_histories_fault():
    with pytest.raises(ValueError, match="line 0: a read of a set returned Keyword"):
        told(read(Keyword("a"), 0, 1))


def test_what_the_set_held_at_first_must_be_there():
    assert isinstance(told(read((5,), 0, 1), initial=(5,)).verdict, Valid)
    found = told(add(6, 0, 1), read((6,), 2, 3), initial=(5,))
    assert (values(found.lost), found.lost[0].rows) == ([5], (1,))


def test_a_deleted_element_may_be_missing_and_not_come_back():
    rows = [add(1, 0, 1), read((1,), 2, 3), delete(1, 4, 5), read((), 6, 7)]
    assert isinstance(told(*rows).fresh, Valid)
    found = told(*rows, read((1,), 8, 9))
    assert values(found.resurrected) == [1]
    assert found.resurrected[0].rows == (2, 4)
    assert isinstance(told(*rows, add(1, 8, 10), read((1,), 9, 12)).fresh, Valid)


def test_a_delete_of_unknown_outcome_excuses_what_follows_it_and_not_what_went_before():
    after = told(add(1, 0, 1), delete(1, 2, 3, "info"), read((), 4, 5), read((1,), 6, 7), read((), 8, 9))
    assert isinstance(after.verdict, Valid)
    before = told(add(1, 0, 1), read((), 2, 3), delete(1, 4, 5, "info"), read((), 6, 7))
    assert values(before.stale) == [1], "nobody looked again before it may have been deleted"
    assert values(told(add(1, 0, 1), read((), 2, 3), delete(1, 4, 5, "fail")).lost) == [1]


def test_an_element_that_is_added_again_after_its_delete_must_be_there_again():
    rows = [add(1, 0, 1), delete(1, 2, 3), add(1, 4, 5)]
    assert values(told(*rows, read((), 6, 7)).lost) == [1]
    assert values(told(*rows, read((1,), 6, 7)).lost) == []


def test_keys_are_sets_of_their_own():
    rows = [Row(0, "add", "a", 1, start=0, end=1), Row(0, "read", "b", result=(), start=2, end=3)]
    assert judge(from_rows(rows)).lost == ()


def test_adds_that_nobody_looked_for_prove_nothing():
    assert isinstance(told(add(1, 0, 1)).verdict, Unknown)
    found = told(read((), 0, 1), add(1, 2, 3))
    assert (found.unseen, found.verdict) == (1, Valid("1 add, 1 read; after 1 add no read began"))


def small(chance):
    """A few operations on two elements, each with its own times, no two events at once."""
    times = chance.sample(range(40), 12)
    rows = []
    for client in range(6):
        start, end = sorted(times[2 * client : 2 * client + 2])
        kind = chance.choice(["add", "add", "delete", "read", "read"])
        status = "ok" if kind == "read" else chance.choice(["ok", "ok", "ok", "info", "fail"])
        end = None if status == "info" else end
        if kind == "read":
            result = tuple(one for one in (1, 2) if chance.random() < 0.5)
            rows.append(Row(client, "read", None, result=result, start=start, end=end))
        else:
            rows.append(Row(client, kind, None, chance.choice([1, 2]), start=start, end=end, status=status))
    return rows


def explained(rows, read, element, initial):
    """By the definition: whether some write, or what was there at first, may be what the read saw of the element."""
    writes = [row for row in rows if row.f in ("add", "delete") and row.value == element and row.status != "fail"]
    sure = [row for row in writes if row.status == "ok" and row.end < read.start]
    there = element in read.result
    if (element in initial) == there and not sure:
        return True
    return any(
        (row.f == "add") == there
        and row.start < read.end
        and not any(row.end is not None and later.start > row.end for later in sure)
        for row in writes
    )


def test_a_read_is_refused_exactly_where_no_operation_explains_it_alone():
    chance = random.Random(5)
    answers = []
    for _ in range(3_000):
        rows, initial = small(chance), chance.choice([(), (1,)])
        wrong = any(not explained(rows, one, element, initial) for one in rows if one.f == "read" for element in (1, 2))
        found = judge(from_rows(rows), initial)
        assert not wrong or isinstance(found.fresh, Invalid), rows
        if isinstance(found.fresh, Invalid) and not wrong:  # known by the first read that returned it
            assert isinstance(check(from_rows(rows), "set", initial, explain=False), Invalid), rows
        answers.append(isinstance(found.fresh, Invalid))
    assert 900 < sum(answers) < 2_700


def test_no_linearizable_history_is_refused():
    for seed in range(60):
        known = linearizable(seed, Shape("set", 60, 5))
        assert not isinstance(judge(known.columns).fresh, Invalid), seed


@pytest.mark.parametrize("spoiled", ["lost", "duplicates", "unexpected", "resurrected"])
def test_every_seeded_defect_is_found(spoiled):
    rows = [add(value, 10 * value, 10 * value + 5) for value in range(20)]
    rows += [read(tuple(range(value + 1)), 10 * value + 7, 10 * value + 8) for value in range(20)]
    rows += [delete(3, 300, 310)]
    left = [value for value in range(20) if value != 3]
    bad = {"lost": left[:-1], "duplicates": [*left, 7], "unexpected": [*left, 99], "resurrected": [*left, 3]}[spoiled]
    assert isinstance(told(*rows, read(tuple(left), 320, 330)).verdict, Valid)
    found = told(*rows, read(tuple(bad), 320, 330))
    assert isinstance(found.verdict, Invalid)
    wrong = {name for name in ("lost", "duplicates", "unexpected", "resurrected") if getattr(found, name)}
    assert wrong == {spoiled}


def of_element(rows, element):
    """What the operations tell of one element alone."""
    return [
        row._replace(result=tuple(one for one in row.result if one == element)) if row.f == "read" else row
        for row in rows
        if row.f == "read" or row.value == element
    ]


def with_excuses(some, rows):
    """The operations with all that could excuse a read among them."""
    ended = [row.end for row in some if row.f == "read"]
    return [row for row in rows if row in some or (row.f != "read" and any(row.start <= end for end in ended))]


KINDS = ("lost", "stale", "unexpected", "resurrected")


def kinds(rows, element, initial):
    """What is wrong with an element."""
    found = judge(from_rows(rows), initial)
    return {kind for kind in KINDS if element in values(getattr(found, kind))}


def test_what_is_told_violates_by_itself_and_no_fewer_operations_do():
    chance = random.Random(12)
    lengths = set()
    for _ in range(600):
        rows, initial = sorted(small(chance), key=lambda row: row.start), chance.choice([(), (1,)])
        report = judge(from_rows(rows), initial)
        if not isinstance(report.fresh, Invalid):
            continue
        told = report.fresh.counterexample.operations
        shown = {kind: one for kind in KINDS for one in getattr(report, kind) if one.rows == told}
        assert shown
        for kind, one in shown.items():
            alone = of_element([rows[at] for at in told], one.value)
            assert isinstance(judge(from_rows(alone), initial and (one.value,) * (one.value in initial)).fresh, Invalid)
            assert kind in kinds(of_element(rows, one.value), one.value, [v for v in initial if v == one.value])
        for element in (1, 2):
            every, first = of_element(rows, element), tuple(one for one in initial if one == element)
            for size in range(1, len(told)):
                for some in combinations(every, size):
                    same = kinds(some, element, first) & kinds(with_excuses(some, every), element, first)
                    wrong = same & ({"lost", "unexpected"} if not isinstance(report.verdict, Valid) else set(KINDS))
                    whole = kinds(every, element, first)
                    assert not (wrong & whole), (told, some)
        lengths.add(len(told))
    assert {1, 2, 3} <= lengths


def test_the_delete_that_is_told_is_one_that_the_read_came_after():
    found = told(add(1, 0, 1), delete(1, 2, 3), read((1,), 4, 5), delete(1, 6, 7))
    assert found.resurrected[0].rows == (1, 2)
    late = told(add(1, 0, 1), delete(1, 2, 20), delete(1, 3, 4), read((1,), 5, 6))
    assert late.resurrected[0].rows == (2, 3)


def test_of_several_elements_the_one_is_told_that_the_fewest_operations_show():
    rows = [add(1, 0, 1, "info"), read((1,), 2, 3), add(2, 4, 5), read((), 6, 7)]
    assert told(*rows).verdict.counterexample.operations == (2, 3)
    assert told(*rows[:2], rows[3]).verdict.counterexample.operations == (0, 1, 2)
    assert told(*rows, read((7,), 8, 9)).verdict.counterexample.operations == (4,)
