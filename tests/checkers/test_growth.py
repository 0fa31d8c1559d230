"""What operations had seen together, against the union of everything by hand."""

import random

from checkers.growth import Behind, Growth, acknowledged_puts
from model.causality import covers, join


def test_the_join_up_to_any_point_is_the_union_of_what_came_before():
    chance = random.Random(1)
    for _ in range(200):
        growth, given = Growth(), []
        for at in sorted(chance.randrange(20) for _ in range(8)):
            context = {actor: chance.randrange(1, 5) for actor in chance.sample("abc", chance.randrange(3))}
            growth.add(at, context)
            given.append((at, context))
        for until in range(-1, 22):
            assert growth.until(until) == join(context for at, context in given if at <= until)


def test_behind_a_context_is_what_the_acknowledged_puts_that_it_covers_had_seen(perfect):
    run = perfect(4)
    for key, puts in acknowledged_puts(run.operations).items():
        behind = Behind(puts)
        for op in run.operations:
            covered = [put.context for put in puts if put.dot and covers(op.seen, put.dot)]
            assert behind.of(op.seen) == join(covered), (key, op)


def test_only_acknowledged_puts_count(perfect):
    for key, puts in acknowledged_puts(perfect(5).operations).items():
        assert {(op.kind, op.outcome, op.key) for op in puts} == {("put", "ok", key)}
