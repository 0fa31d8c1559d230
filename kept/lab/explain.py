"""Explaining a violation: the same schedule once more, under a watch, and then what happened, in three lengths.

A verdict is decided from the recorded run alone; this comes after it and cannot change it. What is said of single
nodes was seen in the repeated run, whose history is the recorded one to the byte. A remedy is named only if the
schedule was run again with it and held (`kept.lab.counterfactual`).
"""

from collections.abc import Mapping
from typing import NamedTuple

from checkers.facts import Fact, LastCopyGone, ReadMissed
from checkers.verdict import Counterexample, Invalid
from histories.operation import Dot, Operation
from histories.text import to_bytes
from kept.lab import loss, staleness, story
from kept.lab.counterfactual import Counterfactual, counterfactuals, remedy
from kept.lab.keytrace import key_trace
from kept.lab.run import Progress
from kept.lab.trial import Trial, history_sha256, prepare_again
from kept.lab.watching import KeyWatch, attach

WATCHED_KEYS = 64
"""Of many keys with lost puts, so many are looked at to find the one that shows most."""


class Explanation(NamedTuple):
    """What happened, in one sentence, in one paragraph, and in full."""

    claim: str
    sentence: str
    paragraph: str
    facts: tuple[Fact, ...]
    remedy: str
    """A change under which the same schedule was run again and the claim held; else empty."""
    counterfactuals: tuple[Counterfactual, ...]
    """What the same schedule came to with one thing changed; each was run."""
    trace: tuple[str, ...]
    """Everything that happened to the key, a line each."""
    chosen: str = ""
    """Where the story is about another operation than the verdict's: why."""

    def lines(self) -> list[str]:
        """All three lengths."""
        remedy = ["", self.remedy] if self.remedy else []
        chosen = [self.chosen, ""] if self.chosen else []
        return [self.sentence, "", *chosen, self.paragraph, *remedy, *self.otherwise(), "", *self.trace]

    def otherwise(self) -> list[str]:
        """The counterfactuals, a line each."""
        told = [f"  {one.sentence()}" for one in self.counterfactuals]
        return ["", "The same schedule, run again with one thing changed:", *told] if told else []


def explain(trial: Trial, progress: Progress | None = None) -> Explanation:
    """Explain the first claim that `trial` violates. Whatever `progress` raises ends the explanation."""
    claim = trial.violated[0]
    verdict = trial.verdicts[claim]
    assert isinstance(verdict, Invalid), "the claim is violated"
    found = verdict.counterexample
    keys = _keys(trial, found)
    watch = KeyWatch(frozenset(to_bytes(key) for key in keys))
    lab = prepare_again(trial.schedule(), trial.config, progress=progress)
    attach(watch, lab)
    outcome = lab.execute()
    if history_sha256(outcome, None) != trial.history_sha256:
        why = "Repeated under a watch, the schedule made another history: this run does not replay."
        return Explanation(claim, found.sentence, f"{found.sentence} {why}", found.facts, "", (), ())
    sentence, paragraph, facts, key, chosen = _told(trial, found, keys, watch)
    trace = key_trace(key, watch, trial) if key is not None else ()
    otherwise = counterfactuals(trial, claim, progress)
    return Explanation(claim, sentence, paragraph, facts, remedy(otherwise, claim), otherwise, trace, chosen)


def _told(
    trial: Trial, found: Counterexample, keys: tuple[str, ...], watch: KeyWatch
) -> tuple[str, str, tuple[Fact, ...], str | None, str]:
    """Sentence, paragraph, facts, the key that they are about, and why it is another than the verdict's."""
    if any(isinstance(fact, LastCopyGone) for fact in found.facts):
        lost = loss.lost_puts(trial.run)
        told = _most_telling(trial, [put for put in lost if put.key in keys], watch)
        why = "" if told.put.index in found.operations else f"Of {len(lost):,} lost puts this one shows the cause best:"
        return loss.headline(told), loss.paragraph(told), told.facts, told.put.key, why
    for fact in found.facts:
        if isinstance(fact, ReadMissed):
            facts = staleness.facts_of(fact, watch, trial.outcome.faults)
            return staleness.headline(fact), staleness.paragraph(facts), facts, fact.write.key, ""
    key = keys[0] if keys else None
    operations = {op.request: op for op in trial.run.operations}
    facts = story.facts_of(found, key, watch, operations) if key is not None else ()
    return found.sentence, story.paragraph(found, facts, trial.outcome.unrest), (*found.facts, *facts), key, ""


def _keys(trial: Trial, found: Counterexample) -> tuple[str, ...]:
    """The keys to watch."""
    if any(isinstance(fact, LastCopyGone) for fact in found.facts):
        return tuple(dict.fromkeys(put.key for put in loss.lost_puts(trial.run)))[:WATCHED_KEYS]
    named = [trial.run.operations[index].key for index in found.operations]
    named += [fact.key for fact in found.facts if isinstance(getattr(fact, "key", None), str)]  # type: ignore[attr-defined]
    return tuple(dict.fromkeys(named))


def _most_telling(trial: Trial, lost: list[Operation], watch: KeyWatch) -> loss.Loss:
    """Of these lost puts, all on watched keys: one that lost against a put that was acknowledged before it began,
    because a clock was wrong; else one that a wrong clock decided; rather one that replicas had kept; else the first.
    """
    puts: Mapping[Dot, Operation] = {op.named: op for op in trial.run.operations if op.named is not None}
    return min((loss.story_of(put, watch, puts, trial.config.versions) for put in lost), key=_rank)


def _rank(told: loss.Loss) -> tuple[bool, bool, bool, bool, int]:
    winner, skew = told.winner, told.skew
    overtaken = (
        winner is not None
        and winner.outcome == "ok"
        and winner.end_us is not None
        and winner.end_us <= told.put.start_us
    )
    ahead = skew is not None and skew.ahead_us > 0
    return (not (skew is not None and overtaken), skew is None, not ahead, not told.kept, told.put.index)
