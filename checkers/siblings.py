"""`no-false-sibling`: nothing stands, and no get returns, what should not be there.

At the end: every final sibling (all replicas and hints merged) is the value of one put that did not fail, and no
operation that certainly took effect (acknowledged, or itself a final sibling) had seen it. In every get: no dot twice,
no value under a second dot, no value that nobody had put to that key before the get ended, no value of a failed put,
and no two siblings of which one had replaced the other (whoever holds the later one has merged the context that it was
put with, so even a stale replica shows at most one of them).
"""

from collections.abc import Iterator

from checkers.facts import Fact, Failed, Overwrote, Returned, Standing, Twice
from checkers.invented import Authors
from checkers.ledger import FinalKey, KeyLedger, final_keys, ledgers, unjudgeable
from checkers.verdict import Invalid, Unknown, Valid, Verdict, refute
from checkers.wording import dot_name, plural
from histories.operation import Dot, Operation
from histories.run import RecordedRun
from model.anonymous import explain_anonymous
from model.causality import covers, join

CLAIM = "no-false-sibling"

NO_WRITES = KeyLedger((), ())


def check(run: RecordedRun) -> Verdict:
    """Judge `no-false-sibling`. Invalid names the first offending get, else the first offending key."""
    authors = Authors(run)
    found = _false_read(run, authors)
    if found is not None:
        return found
    why = unjudgeable(run)
    if why is not None:
        return Unknown(f"no get returned a false sibling, but {why}")
    final, by_key = final_keys(run), ledgers(run)
    for key in sorted(final):
        ledger = by_key.get(key, NO_WRITES)
        judged = explain_anonymous(ledger.writes, final[key].siblings)
        if judged.false:
            return _explain(authors, ledger, final[key], min(judged.false))
    gets = sum(op.kind == "get" and op.outcome == "ok" for op in run.operations)
    standing = sum(len(end.siblings) for end in final.values())
    return Valid(f"{plural(gets, 'get')} and {plural(standing, 'final sibling')}: each put once and not replaced")


def _false_read(run: RecordedRun, authors: Authors) -> Invalid | None:
    for op in run.operations:
        if not op.dots:
            continue
        invented = authors.objection_to(op)
        if invented is not None:
            return refute(CLAIM, *invented)
        if len(op.dots) > 1:
            found = _within(op, authors)
            if found is not None:
                return found
    return None


def _within(read: Operation, authors: Authors) -> Invalid | None:
    """Two siblings of one get that cannot stand beside each other."""
    if len(set(read.dots)) != len(read.dots):
        dot, value = next((d, v) for d, v in zip(read.dots, read.values, strict=True) if read.dots.count(d) > 1)
        return refute(CLAIM, [Returned(read, dot, value), Twice("one get", dot_name(dot), "the same again")], [read])
    shown = [
        (dot, value, author)
        for dot, value in zip(read.dots, read.values, strict=True)
        if (author := authors.of(read.key, dot, value)) is not None
    ]
    replaced = join(author.context for _, _, author in shown)
    for dot, value, _ in shown:
        if covers(replaced, dot):
            by = next(author for _, _, author in shown if covers(author.context, dot))
            return refute(CLAIM, [Returned(read, dot, value), *_together(by, dot, read)], [read, by])
    return None


def _together(by: Operation, dot: Dot, read: Operation) -> Iterator[Fact]:
    yield Overwrote(by, dot)
    if by.named is not None and by.value is not None:
        yield Returned(read, by.named, by.value)


def _explain(authors: Authors, ledger: KeyLedger, end: FinalKey, dot: Dot) -> Invalid:
    key, value = end.key, end.siblings[dot]
    stands = Standing(key, dot, value, end.holders(dot))
    author = authors.of(key, dot, value)
    if author is not None and author.outcome == "fail":
        return refute(CLAIM, [stands, Failed(author)], [author])
    for write, op in zip(ledger.writes, ledger.operations, strict=True):
        certain = write.acknowledged or (write.dot is not None and end.siblings.get(write.dot) == write.value)
        if certain and covers(write.context, dot):
            return refute(CLAIM, [stands, Overwrote(op, dot)], [op] if author is None else [op, author])
    why = authors.unwritten(key, dot, value)
    return refute(CLAIM, [stands, *why.facts], why.involved)
