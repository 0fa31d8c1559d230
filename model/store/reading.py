"""What a get must, may and must not show: the equation of `model.durability`, read inside one context.

A replica that knows of a put knows all that its coordinator had merged before it; so what a context covers is a
whole: exactly the maximal ones of its acknowledged puts, and of any unknown ones, must be shown. That is the equation
of the final siblings restricted to what the context covers. Beside it stand the promises about *which* contexts may be
returned: no less than what was acknowledged before the get began, or than what its client had read.

Assumed is that clients supply contexts that they were given.
"""

from collections.abc import Iterator
from typing import NamedTuple

from model.causality import Dot, Vector, covers, descends, join
from model.durability import Write as Effect
from model.durability import explain
from model.store.key import Key
from model.store.terms import Terms
from model.store.write import FAIL, OK, OPEN, Answer, Refusal, Write, refusal


class Start(NamedTuple):
    """What a get must reckon with: what stood fast when it began."""

    acknowledged: Vector
    replaced: Vector
    deleted: Vector
    round: int
    read: Vector | None
    """The context of what its client had read of the key."""


class View(NamedTuple):
    """What a get that begins now must, may and must not show."""

    must: tuple[Dot, ...]
    """Its context covers these."""
    may: tuple[Dot, ...]
    """It may show these: known versions that nothing acknowledged has replaced, or that a stale copy may hold."""
    must_not: tuple[Dot, ...]
    """It shows none of these, though they were put."""


def view(key: Key, terms: Terms) -> View:
    """What a get that begins now, and ends before anything else happens, must, may and must not show."""
    must = key.acknowledged.items() if terms.meets else ()
    owed = tuple(sorted(dot for dot in must if not key.may_be_forgotten((dot,))))
    gone = key.replaced if terms.meets else {}
    never = {dot for dot, put in key.dots.items() if put.outcome == FAIL or covers(gone, dot)}
    return View(owed, tuple(sorted(set(key.dots) - never)), tuple(sorted(never)))


def judge(key: Key, answer: Answer, start: Start, terms: Terms) -> Refusal | None:
    """Why `answer` cannot be; None if it can."""
    context = answer.context
    if terms.meets and not descends(context, start.acknowledged):
        missed = _beyond(start.acknowledged, context)
        if not key.may_be_forgotten(missed):
            return refusal("fresh-reads", f"its context does not cover {_names(missed)}", answer.number)
    if terms.monotonic and start.read is not None and not descends(context, start.read):
        missed = _beyond(start.read, context)
        if not key.may_be_forgotten(missed):
            return refusal("monotonic-reads", f"its client had read {_names(missed)}", answer.number)
    if terms.meets:
        for dot in answer.shown:
            if covers(start.replaced, dot):
                rule = "fresh-deletes" if covers(start.deleted, dot) else "no-false-sibling"
                return refusal(rule, f"{_names([dot])} had been replaced before it began", answer.number)
    if terms.siblings == "one" and len(answer.shown) > 1:
        return refusal("one-sibling", "the last writer leaves one version, and it shows several", answer.number)
    return whole(key, answer, terms)


def whole(key: Key, answer: Answer, terms: Terms) -> Refusal | None:
    """Why what is shown cannot be what the context covers; None if it can. Asked again whenever an operation that was
    open at the time of the answer has ended."""
    if terms.siblings != "all" or not (terms.honest or terms.replaces):
        return None
    shown, context = answer.shown, answer.context
    puts = [key.dots[dot] for dot in shown if dot in key.dots]
    if len(puts) == 1 and not answer.seen:
        seen = puts[0].context
    else:
        seen = join((answer.seen, *(put.context for put in puts)))
    if terms.replaces:
        for dot in shown:
            if covers(seen, dot):
                by = next(put for put in puts if covers(put.context, dot))
                return refusal("no-false-sibling", f"{_names([dot])} stands beside what had replaced it",
                               answer.number, by.number)  # fmt: skip
            if not covers(context, dot):
                return refusal("no-false-sibling", f"its context does not cover {_names([dot])}", answer.number)
    if not descends(context, seen):
        missed = _beyond(seen, context)
        return refusal("honest-contexts", f"it covers a put that had seen {_names(missed)}, and not that",
                       answer.number)  # fmt: skip
    hidden = [
        put for put in key.between(seen, context) if put.dot not in shown and put.outcome != FAIL
    ]  # fmt: skip
    return _explain(key, answer, terms, seen, hidden) if hidden else None


def _explain(key: Key, answer: Answer, terms: Terms, seen: Vector, hidden: list[Write]) -> Refusal | None:
    """Some put that the context covers is not shown, nor had any that is shown seen it."""
    context, shown = answer.context, answer.shown
    effects = [Effect(seen, acknowledged=True)]
    effects += [Effect({}, acknowledged=True, value=value, dot=dot) for dot, value in shown.items()]
    authors: list[Write | None] = [None] * len(effects)
    for put in hidden:
        if put.outcome == OK and not descends(context, put.context):
            return refusal("honest-contexts", f"it covers {_names([put.dot])} and not what that had seen",
                           answer.number, put.number)  # fmt: skip
        if put.began <= answer.at and descends(context, put.context):
            effects.append(Effect(put.context, put.outcome == OK, put.value, put.dot))
            authors.append(put)
    excuses = list(key.unnamed_within(context, answer.at))
    effects += [Effect(write.context, acknowledged=False) for write in excuses]
    found = explain(effects, shown)
    if found.lost and terms.honest:
        lost = authors[found.lost[0]]
        assert lost is not None, "what is shown is not lost"
        return refusal("honest-contexts", f"it covers {_names([lost.dot])} and does not show it, and nothing that it "
                       "covers had replaced that", answer.number, lost.number)  # fmt: skip
    if found.false and terms.replaces:
        dot = found.false[0]
        by = next((put.number for put in hidden if put.outcome == OK and covers(put.context, dot)), None)
        return refusal("no-false-sibling", f"it shows {_names([dot])} and covers what had replaced it",
                       answer.number, by)  # fmt: skip
    for write in (*hidden, *excuses):
        if write.outcome == OPEN:
            write.doubts.append(answer._replace(seen=seen))
    return None


def _beyond(vector: Vector, context: Vector) -> list[Dot]:
    """The last dots of `vector` that `context` does not cover."""
    return [(actor, counter) for actor, counter in vector.items() if context.get(actor, 0) < counter]


def _names(dots: "list[Dot] | list[Dot | None]") -> str:
    return ", ".join(_told(dots))


def _told(dots: "list[Dot] | list[Dot | None]") -> Iterator[str]:
    for dot in dots[:3]:
        assert dot is not None, "only named puts are told of"
        yield f"{dot[0]}/{dot[1]}"
    if len(dots) > 3:
        yield "..."
