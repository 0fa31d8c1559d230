"""`no-lost-write`: at quiescence every acknowledged put is a sibling or was replaced.

The final siblings are those of all replicas and hints merged. A put is replaced if its dot is covered by the union of
the contexts of the effective operations: the acknowledged ones and some subset of the unknown ones. The subset is the
largest that the final siblings admit (`model.durability` proves that no other needs trying), so an `Invalid` here means
that no guess about what unknown operations did can explain the loss. It needs no settled run: an acknowledged put is
durable from its acknowledgement on.
"""

from collections.abc import Mapping

from checkers.facts import Acknowledged, Concurrent, Fact, LastCopyGone, LastRead
from checkers.ledger import KeyLedger, final_keys, ledgers, unjudgeable
from checkers.verdict import Unknown, Valid, Verdict, refute
from checkers.wording import plural, quote
from histories.operation import Dot, Operation
from histories.run import RecordedRun
from model.anonymous import explain_anonymous
from model.causality import covers

CLAIM = "no-lost-write"


def check(run: RecordedRun) -> Verdict:
    """Judge `no-lost-write`. Invalid names the lost put that was invoked first."""
    why = unjudgeable(run)
    if why is not None:
        return Unknown(why)
    final = final_keys(run)
    lost: list[Operation] = []
    undecided: list[str] = []
    acknowledged = standing = 0
    by_key = ledgers(run)
    for key, ledger in by_key.items():
        siblings = final[key].siblings if key in final else {}
        found = explain_anonymous(ledger.writes, siblings)
        lost.extend(ledger.operations[i] for i in found.lost)
        if not found.decided:
            undecided.append(key)
        puts = [w for w in ledger.writes if w.acknowledged and w.value is not None]
        acknowledged += len(puts)
        standing += sum(w.dot in siblings for w in puts)
    if lost:
        first = min(lost, key=lambda op: op.index)
        siblings = final[first.key].siblings if first.key in final else {}
        return _explain(run, by_key[first.key], first, siblings)
    if undecided:
        return Unknown(
            f"too many puts to {quote(min(undecided))} have neither an outcome nor a known name: record a trace"
        )
    return Valid(
        f"{plural(acknowledged, 'acknowledged put')}: {standing:,} standing in the end, "
        f"{acknowledged - standing:,} replaced"
    )


def _explain(run: RecordedRun, ledger: KeyLedger, lost: Operation, siblings: Mapping[Dot, str]) -> Verdict:
    """One pass over the history for the last read of the version, one over the key for what stands in its place."""
    assert lost.dot is not None, "only an acknowledged put is lost"
    facts: list[Fact] = [Acknowledged(lost)]
    involved = [lost]
    reads = [op for op in run.operations if op.key == lost.key and lost.dot in op.dots]
    if reads:
        last = max(reads, key=lambda op: (op.end_us or 0, op.index))
        facts.append(LastRead(last, lost.dot))
        involved.append(last)
    facts.append(LastCopyGone(lost.key, lost.dot))
    rival = _rival(ledger, lost, lost.dot, siblings)
    if rival is not None:
        facts.append(Concurrent(lost, rival))
        involved.append(rival)
    return refute(CLAIM, facts, involved)


def _rival(ledger: KeyLedger, lost: Operation, dot: Dot, siblings: Mapping[Dot, str]) -> Operation | None:
    """A put that does stand in the end, if neither had seen the other."""
    for write, op in zip(ledger.writes, ledger.operations, strict=True):
        stands = write.dot is not None and siblings.get(write.dot) == write.value
        if stands and write.dot is not None and not covers(op.context, dot) and not covers(lost.context, write.dot):
            return op
    return None
