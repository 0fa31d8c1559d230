"""`fresh-reads` and `fresh-deletes`: what a get must know when read and write quorums overlap (R+W>N, strict).

`fresh-reads`: a get that starts after an acknowledged put returns a context that covers the put's dot. There is one
excuse: what a delete may have made the store forget before the get ended (`checkers.forgotten`).

`fresh-deletes`: a get that starts after an acknowledged delete returns no version that the delete had seen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from checkers.facts import Acknowledged, Overwrote, ReadMissed, Returned
from checkers.forgotten import Forgotten
from checkers.verdict import Valid, Verdict, refute
from checkers.wording import plural
from histories.operation import Operation, Vector
from histories.run import RecordedRun

CLAIM = "fresh-reads"
CLAIM_DELETES = "fresh-deletes"

Latest = dict[str, dict[str, tuple[int, Operation]]]
"""Per key and actor the highest counter that a get must reckon with, and the operation that says so."""


def check(run: RecordedRun) -> Verdict:
    """Judge `fresh-reads`. Invalid names the first get, by its start, that missed a put."""
    forgotten = Forgotten(run)
    must: Latest = defaultdict(dict)
    puts = (op for op in run.operations if op.dot is not None)
    gets = 0
    for get in _gets_after(run, puts, must, lambda put: {put.dot[0]: put.dot[1]} if put.dot else {}):
        gets += 1
        missed = [(a, c, put) for a, (c, put) in must[get.key].items() if get.seen.get(a, 0) < c]
        if not missed:
            continue
        for actor, counter, _ in missed:
            if forgotten.covers(get.key, actor, counter, get.start_us):
                del must[get.key][actor]  # from now on every get is excused
        missed = [entry for entry in missed if not forgotten.covers(get.key, entry[0], entry[1], get.end_us or 0)]
        if missed:
            put = min((put for _, _, put in missed), key=lambda op: op.index)
            return refute(CLAIM, [Acknowledged(put), ReadMissed(get, put)], [put, get])
    return Valid(f"{plural(gets, 'get')}: each knew every put acknowledged before it began")


def check_deletes(run: RecordedRun) -> Verdict:
    """Judge `fresh-deletes`. Invalid names the first get, by its start, that returned a deleted version."""
    gone: Latest = defaultdict(dict)
    deletes = (op for op in run.operations if op.kind == "delete" and op.outcome == "ok")
    gets = 0
    for get in _gets_after(run, deletes, gone, lambda delete: delete.context):
        gets += 1
        limit = gone[get.key]
        for dot, value in zip(get.dots, get.values, strict=True):
            if dot[0] in limit and dot[1] <= limit[dot[0]][0]:
                by = limit[dot[0]][1]
                return refute(CLAIM_DELETES, [Overwrote(by, dot), Returned(get, dot, value)], [by, get])
    return Valid(f"{plural(gets, 'get')}: none returned what a delete acknowledged before it had seen")


def _gets_after(
    run: RecordedRun, before: Iterable[Operation], latest: Latest, tells: Callable[[Operation], Vector]
) -> Iterator[Operation]:
    """The ok gets by their start; when one is given, `latest` holds what every operation of `before` tells that ended
    earlier."""
    ended = sorted(before, key=lambda op: op.end_us or 0)
    done = 0
    for get in run.operations:
        if get.kind != "get" or get.outcome != "ok":
            continue
        while done < len(ended) and (ended[done].end_us or 0) < get.start_us:
            known = latest[ended[done].key]
            for actor, counter in tells(ended[done]).items():
                if actor not in known or known[actor][0] < counter:
                    known[actor] = (counter, ended[done])
            done += 1
        yield get
