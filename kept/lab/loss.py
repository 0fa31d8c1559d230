"""The story of one lost put: who had it, and how each copy went."""

from collections.abc import Mapping
from typing import NamedTuple

from checkers.facts import Fact
from checkers.ledger import final_keys, ledgers
from checkers.wording import milliseconds
from histories.operation import Dot, Operation
from histories.run import RecordedRun
from histories.text import to_bytes
from kept.lab.facts import (
    AckedBy,
    ClockWrong,
    Dropped,
    Gone,
    LostAtOnce,
    LostUnsynced,
    NeverKept,
    Replaced,
    capital,
    sentences,
)
from kept.lab.watching import Changed, KeyWatch, Made
from model.anonymous import explain_anonymous

RULES = {
    "lww": "under last-writer-wins",
    "vv": "under plain version vectors",
    "dvv": "under dotted version vectors",
}


class Loss(NamedTuple):
    """What became of one acknowledged put that is lost."""

    put: Operation
    facts: tuple[Fact, ...]
    winner: Operation | None
    """The put that stands in its place, where one does."""
    skew: ClockWrong | None
    """The wrong clock that decided, where one did."""
    gone_us: int
    how: str
    """The decisive step, as a clause."""

    @property
    def kept(self) -> bool:
        """Whether a replica had it on disk when it was acknowledged."""
        return isinstance(self.facts[0], AckedBy) and bool(self.facts[0].places)


def lost_puts(run: RecordedRun) -> list[Operation]:
    """Every acknowledged put that is lost, by the order in which they began."""
    final = final_keys(run)
    lost: list[Operation] = []
    for key, ledger in ledgers(run).items():
        siblings = final[key].siblings if key in final else {}
        lost.extend(ledger.operations[i] for i in explain_anonymous(ledger.writes, siblings).lost)
    return sorted(lost, key=lambda op: op.index)


def story_of(put: Operation, watch: KeyWatch, puts: Mapping[Dot, Operation], versions: str) -> Loss:
    """Follow every copy of the version that `put` made."""
    assert put.dot is not None, "only an acknowledged put is lost"
    dot, key = put.dot, to_bytes(put.key)
    answer = watch.answers[put.request]
    facts: list[Fact] = [AckedBy(put, answer.durable)]
    departures = watch.departures.get((key, dot), [])
    if not departures:
        return _lost_at_once(put, watch, puts, facts)
    replaced: dict[Dot | None, list[Changed]] = {}
    for change in departures:
        if change.crash:
            facts.append(LostUnsynced(change.place, change.at_us, change.disk_lost))
        elif not change.after.versions and not change.after.context:
            facts.append(Dropped(change.place, change.at_us))
        else:
            replaced.setdefault(_successor(change, dot), []).append(change)
    for successor, changes in replaced.items():
        places = tuple(dict.fromkeys(change.place for change in changes))
        by = puts.get(successor) if successor else None
        facts.append(Replaced(places, by, successor, _rule(put, by, versions, watch.made[dot]), changes[0].at_us))
    facts[1:] = sorted(facts[1:], key=lambda fact: getattr(fact, "at_us", 0))
    winning = max(replaced, key=lambda name: len(replaced[name])) if replaced else None
    winner = puts.get(winning) if winning is not None else None
    skew = _skew(dot, winning, watch) if versions == "lww" else None
    if skew is not None:
        deciding = [i for i, fact in enumerate(facts) if isinstance(fact, Replaced) and fact.by_dot == winning]
        facts.insert(deciding[0] + 1, skew)
    gone_us = departures[-1].at_us
    facts.append(Gone(dot, gone_us))
    return Loss(put, tuple(facts), winner, skew, gone_us, _how(facts, skew))


def _rule(put: Operation, by: Operation | None, versions: str, made: Made) -> str:
    """The rule under which one version replaced another, and why it applied where that was a mistake."""
    assert put.dot is not None
    if versions == "lww" or by is None or by.context.get(put.dot[0], 0) >= put.dot[1]:
        return RULES[versions]
    if versions == "vv" and by.named is not None and by.named[0] == put.dot[0]:
        return (
            f"{RULES[versions]}, though its client had not seen it: {made.node} named both, so the clock of the second "
            "descends that of the first"
        )
    return f"{RULES[versions]}, though its client had not seen it"


def _lost_at_once(put: Operation, watch: KeyWatch, puts: Mapping[Dot, Operation], facts: list[Fact]) -> Loss:
    """No record ever held the version: what its coordinator held when it was made has won."""
    assert put.dot is not None
    made = watch.made[put.dot]
    at_us = made.at_us
    standing = made.held.versions[0].dot if made.held.versions else None
    skew = None
    if standing is not None:
        facts.append(LostAtOnce(made.node, puts.get(standing), standing, at_us))
        skew = _skew(put.dot, standing, watch)
        if skew is not None:
            facts.append(skew)
    facts.append(NeverKept(put.dot))
    winner = puts.get(standing) if standing is not None else None
    return Loss(put, tuple(facts), winner, skew, at_us, _how(facts, skew))


def _successor(change: Changed, dot: Dot) -> Dot | None:
    """The version in the new state that replaced `dot`: one that was not there, else any that stands."""
    before = {version.dot for version in change.before.versions}
    fresh = [version for version in change.after.versions if version.dot not in before]
    for version in fresh:
        if dict(version.clock).get(dot[0], 0) >= dot[1]:
            return version.dot
    standing = fresh or list(change.after.versions)
    return standing[0].dot if standing else None


def _skew(dot: Dot, winner: Dot | None, watch: KeyWatch) -> ClockWrong | None:
    """The clock but for which the later put would have won; None where the winner really was the later one."""
    if winner is None or winner not in watch.made or dot not in watch.made:
        return None
    mine, theirs = watch.made[dot], watch.made[winner]
    if theirs.at_us >= mine.at_us or (mine.ahead_us == 0 and theirs.ahead_us == 0):
        return None
    if theirs.ahead_us >= -mine.ahead_us:
        return ClockWrong(theirs.node, theirs.ahead_us)
    return ClockWrong(mine.node, mine.ahead_us)


def _how(facts: list[Fact], skew: ClockWrong | None) -> str:
    """The decisive step: what took the most copies."""
    steps = [fact for fact in facts if isinstance(fact, Replaced | LostAtOnce | LostUnsynced | Dropped)]
    if not steps:
        return "no copy of it was ever kept"
    chief = max(steps, key=lambda fact: len(fact.places) if isinstance(fact, Replaced) else 0)
    return chief.sentence() + (f", because {skew.sentence()}" if skew is not None else "")


def paragraph(loss: Loss) -> str:
    """Everything in the order in which it happened."""
    told: list[str] = []
    for fact in loss.facts:
        if isinstance(fact, ClockWrong):
            told[-1] += f", because {fact.sentence()}"
        else:
            told.append(fact.sentence())
    winner = loss.winner
    overtaken = winner is not None and winner.end_us is not None and winner.end_us <= loss.put.start_us
    if winner is not None and loss.skew is not None and overtaken:
        told.append(
            f"that other put had been acknowledged at {milliseconds(winner.end_us or 0)}, before this one even began "
            f"at {milliseconds(loss.put.start_us)}: the later put lost"
        )
    return sentences(told)


def headline(loss: Loss) -> str:
    """One sentence."""
    return f"{capital(loss.facts[0].sentence())}, and is lost: {loss.how}."
