"""What a get must, may and must not show: the equation of `model.durability`, read inside one context.

A replica that knows of a put knows all that its coordinator had merged before it; so what a context covers is a
whole: exactly the maximal ones of its acknowledged puts, and of any unknown ones, must be shown. That is the equation
of the final siblings restricted to what the context covers. Beside it stand the promises about *which* contexts may be
returned: no less than what was acknowledged before the get began, or than what its client had read.

Assumed is that clients supply contexts that they were given.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from model.causality import Dot, Vector, covers, descends, join
from model.durability import Write as Effect
from model.durability import explain
from model.store.key import Key
from model.store.terms import Terms
from model.store.write import FAIL, NOTHING, OK, OPEN, Answer, Pardon, Refusal, Write, refusal


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


def answered(key: Key, number: int, shown: Mapping[Dot, str], context: Vector) -> Answer:
    """The answer to a get, with all that it can be judged by later, when the key knows more and remembers less."""
    authors = tuple([key.dots[dot] for dot in shown if dot in key.dots])
    gone = _seen(authors)
    if _pressing(key, shown, gone, context):
        for deleted in key.deletes_within(context):
            if descends(gone, deleted) or any(covers(deleted, dot) for dot in shown):
                continue
            gone = join((gone, deleted))
            if not key.nameless and not _pressing(key, shown, gone, context):
                break
    if not key.nameless and not _pressing(key, shown, gone, context):
        return Answer(number, shown, context, authors, gone)
    hidden = [put for put in key.between(gone, context) if put.dot not in shown]
    return Answer(number, shown, context, authors, gone, (*hidden, *key.undecided_within(context)))


def _pressing(key: Key, shown: Mapping[Dot, str], low: Vector, context: Vector) -> bool:
    """Whether the context covers a put that is not shown, not replaced by anything in `low`, and that must be accounted
    for, or may have to be."""
    return any(put.outcome in (OPEN, OK) and put.dot not in shown for put in key.between(low, context))


def judge(key: Key, answer: Answer, start: Start, terms: Terms) -> Refusal | None:
    """Why `answer` cannot be, as far as anybody can tell now; None if it can."""
    context, number = answer.context, answer.number
    if terms.meets and not descends(context, start.acknowledged):
        missed = _beyond(start.acknowledged, context)
        found = refusal("fresh-reads", f"its context does not cover {_names(missed)}", number)
        if not _pardoned(key, missed, found):
            return found
    if terms.monotonic and start.read is not None and not descends(context, start.read):
        missed = _beyond(start.read, context)
        found = refusal("monotonic-reads", f"its client had read {_names(missed)}", number)
        if not _pardoned(key, missed, found):
            return found
    if terms.meets:
        for dot in answer.shown:
            if covers(start.replaced, dot):
                rule = "fresh-deletes" if covers(start.deleted, dot) else "no-false-sibling"
                return refusal(rule, f"{_names([dot])} had been replaced before it began", number)
    if terms.siblings == "one" and len(answer.shown) > 1:
        return refusal("one-sibling", "the last writer leaves one version, and it shows several", number)
    return whole(answer, terms)


def _pardoned(key: Key, missed: Sequence[Dot], otherwise: Refusal) -> bool:
    """Whether deletes may have made the store forget what a get missed; to be asked again if one of them fails."""
    if not key.may_be_forgotten(missed):
        return False
    deletes = key.open_deletes()
    for delete in deletes:
        delete.pardons.append(Pardon(otherwise, tuple(missed), dict(key.forgettable), deletes))
    return True


def whole(answer: Answer, terms: Terms) -> Refusal | None:
    """Why what is shown cannot be what the context covers; None if it can. To be asked again when an operation has
    ended that was open at the time of the answer."""
    if terms.siblings != "all" or not (terms.honest or terms.replaces):
        return None
    shown, context, number = answer.shown, answer.context, answer.number
    authors = [*answer.authors, *(put for put in answer.others if put.dot in shown)]
    seen = _seen(authors)
    if terms.replaces:
        for dot in shown:
            if covers(seen, dot):
                by = next(put for put in authors if covers(put.context, dot))
                return refusal("no-false-sibling", f"{_names([dot])} stands beside what had seen it", number, by.number)
            if not covers(context, dot):
                return refusal("no-false-sibling", f"its context does not cover {_names([dot])}", number)
    if not descends(context, seen):
        missed = _names(_beyond(seen, context))
        return refusal("honest-contexts", f"it covers a put that had seen {missed}, and not that", number)
    left = [put for put in answer.others if put.outcome != FAIL and put.dot not in shown]
    for put in left:
        if put.outcome == OK and _within(put, context) and not descends(context, put.context):
            clause = f"it covers {_names([put.dot])} and not what that had seen"
            return refusal("honest-contexts", clause, number, put.number)
    return _equation(answer, terms, seen, left) if left else None


def _equation(answer: Answer, terms: Terms, seen: Vector, left: Sequence[Write]) -> Refusal | None:
    """What is shown, beside `left` within the context that had not been seen by what is shown."""
    effects = [Effect(seen, acknowledged=True), Effect(answer.gone, acknowledged=True)]
    effects += [Effect(NOTHING, acknowledged=True, value=value, dot=dot) for dot, value in answer.shown.items()]
    others = [
        put
        for put in left
        if descends(answer.context, put.context) and (put.dot is None or _within(put, answer.context))
    ]
    effects += [Effect(w.context, w.outcome == OK and w.dot is not None, w.value, w.dot) for w in others]
    found = explain(effects, answer.shown)
    if found.lost and terms.honest:
        put = others[found.lost[0] - len(effects) + len(others)]
        clause = f"it covers {_names([put.dot])}, does not show it, and covers nothing that had replaced it"
        return refusal("honest-contexts", clause, answer.number, put.number)
    if found.false and terms.replaces:
        dot = found.false[0]
        by = next((put.number for put in others if put.outcome == OK and covers(put.context, dot)), None)
        return refusal("no-false-sibling", f"it shows {_names([dot])} and covers what had replaced it",
                       answer.number, by)  # fmt: skip
    for write in left:
        if write.outcome == OPEN:
            write.doubts.append(answer)
    return None


def _within(put: Write, context: Vector) -> bool:
    return put.dot is not None and covers(context, put.dot)


def _seen(authors: Sequence[Write]) -> Vector:
    return authors[0].context if len(authors) == 1 else join(put.context for put in authors)


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
