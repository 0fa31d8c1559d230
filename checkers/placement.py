"""`placement`: once the run has settled, every key is held by exactly its owners.

Who the owners are is computed from the ring in replicas.jsonl by `model.placement`, not asked of the store.
"""

from checkers.convergence import data_states, holds, ownerless
from checkers.facts import OwnersAre
from checkers.ledger import NO_REPLICAS
from checkers.verdict import Unknown, Valid, Verdict, refute
from checkers.wording import plural
from histories.run import RecordedRun
from model.placement import Placement

CLAIM = "placement"


def check(run: RecordedRun) -> Verdict:
    """Judge `placement`. Invalid names the first key, in order, that a wrong node holds or an owner lacks."""
    replicas = run.replicas
    if replicas is None:
        return Unknown(NO_REPLICAS)
    if not replicas.header.settled:
        return Unknown("the run did not settle, so keys may still be on their way: see convergence")
    why = ownerless(replicas)
    if why is not None:
        return Unknown(why)
    assert replicas.header.ring is not None, "`ownerless` has looked"
    placement = Placement(replicas.header.ring)
    by_key = data_states(replicas)
    for key in sorted(by_key):
        held, owners = by_key[key], placement.owners_of_text(key)
        wrong = sorted(set(held).difference(owners)) + [owner for owner in owners if owner not in held]
        if wrong:
            return refute(CLAIM, [OwnersAre(key, owners), holds(wrong[0], key, held.get(wrong[0]))])
    return Valid(f"{plural(len(by_key), 'key')}, each on exactly its owners (n = {placement.ring.n})")
