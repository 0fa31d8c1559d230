"""`no-resurrection`: a deleted value never comes back.

Checked at the end of the run: no final sibling (all replicas and hints merged) has a dot that the context of an
acknowledged delete covers; and where the run settled, no single replica or hint holds such a version either. This is
sound: an acknowledged delete is durable on W replicas, each of which has merged its context and holds no such version,
so merging drops it, unless a replica forgot the delete too early.

Gets are not judged on purpose. Under weak quorums a get may reach only replicas that have not heard of the delete, and
its context cannot tell, for a delete has no dot of its own. `fresh-deletes` judges gets where quorums overlap.
"""

from checkers.facts import Acknowledged, Fact, Overwrote, Standing
from checkers.ledger import FinalKey, final_keys, unjudgeable
from checkers.verdict import Unknown, Valid, Verdict, refute
from checkers.wording import plural
from histories.operation import Dot, Operation
from histories.run import RecordedRun
from model.causality import covers, join

CLAIM = "no-resurrection"


def check(run: RecordedRun) -> Verdict:
    """Judge `no-resurrection`. Invalid names the first version, by key and dot, that came back."""
    why = unjudgeable(run)
    if why is not None:
        return Unknown(why)
    assert run.replicas is not None, "`unjudgeable` has looked"
    deletes: dict[str, list[Operation]] = {}
    for op in run.operations:
        if op.kind == "delete" and op.outcome == "ok":
            deletes.setdefault(op.key, []).append(op)
    final = final_keys(run)
    for key in sorted(deletes):
        if key not in final:
            continue
        deleted = join(op.context for op in deletes[key])
        for dot, value in sorted(_candidates(final[key], run.replicas.header.settled).items()):
            if covers(deleted, dot):
                return _explain(run, deletes[key], Standing(key, dot, value, final[key].holders(dot)))
    acknowledged = sum(len(some) for some in deletes.values())
    return Valid(f"{plural(acknowledged, 'acknowledged delete')}: nothing that one had seen is left")


def _candidates(end: FinalKey, settled: bool) -> dict[Dot, str]:
    """The versions that must not be deleted ones."""
    if not settled:
        return dict(end.siblings)
    return {v.dot: v.value for state in end.states for v in state.versions if v.value is not None}


def _explain(run: RecordedRun, deletes: list[Operation], stands: Standing) -> Verdict:
    by = next(op for op in deletes if covers(op.context, stands.dot))
    facts: list[Fact] = [Overwrote(by, stands.dot), stands]
    author = next((op for op in run.operations if op.key == stands.key and op.named == stands.dot), None)
    if author is None:
        return refute(CLAIM, facts, [by])
    if author.outcome == "ok":
        facts.insert(0, Acknowledged(author))
    return refute(CLAIM, facts, [by, author])
