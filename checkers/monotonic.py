"""`monotonic-reads`: what a client has read it does not lose sight of (Terry et al. 1994, section 3.2).

A get of a client returns a context that covers the context of every get of the same key that this client had answered
before. A context only grows where a record is merged, so a get that covers less asked copies that lack what another
copy had shown: it went back in time. The one excuse is what a delete may have made the store forget before the get
ended (`checkers.forgotten`).

Only acknowledged gets count, and only of one process: a client that was not answered goes on as another one.
"""

from collections import defaultdict

from checkers.facts import Showed, WentBack
from checkers.forgotten import Forgotten
from checkers.verdict import Valid, Verdict, refute
from checkers.wording import plural
from histories.operation import Dot, Operation
from histories.run import RecordedRun

CLAIM = "monotonic-reads"


def check(run: RecordedRun) -> Verdict:
    """Judge `monotonic-reads`. Invalid names the first get, by its start, that went back, and the last of its client's
    gets that knew more."""
    forgotten = Forgotten(run)
    known: dict[tuple[int, str], dict[str, tuple[int, Operation]]] = defaultdict(dict)
    gets = compared = 0
    for get in run.operations:
        if get.kind != "get" or get.outcome != "ok":
            continue
        gets += 1
        before = known[get.process, get.key]
        compared += bool(before)
        lost = [
            (earlier, (actor, counter))
            for actor, (counter, earlier) in before.items()
            if get.seen.get(actor, 0) < counter
            and not forgotten.covers(get.key, actor, counter, get.end_us or get.start_us)
        ]
        if lost:
            earlier, dot = max(lost, key=_latest)
            return refute(CLAIM, [Showed(earlier), WentBack(get, earlier, dot)], [earlier, get])
        for actor, counter in get.seen.items():
            if actor not in before or before[actor][0] <= counter:
                before[actor] = (counter, get)
    return Valid(f"{plural(gets, 'get')}, {compared:,} of them after another: each knew what its client had read")


def _latest(lost: tuple[Operation, Dot]) -> tuple[int, Dot]:
    return lost[0].index, lost[1]
