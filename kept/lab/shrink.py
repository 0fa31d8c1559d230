"""Shrinking: a failing schedule made as small as it goes while the same claim stays violated for the same cause.

Everything that decides a run is data by now: faults, fates of messages, and, once they were noted, the clients'
intents. Each pass takes something out, runs what is left, and keeps it if the claim still is violated. Delta debugging
(`kept.lab.ddmin`) takes out of lists; greedy passes try what is simpler (`kept.lab.simpler`) and, when nothing more can
be taken out, smaller quorums, rings and times (`kept.lab.knobs`). The passes are repeated until none of them changes
anything. Nothing is drawn, so the same schedule gives the same result.

That the same *claim* is violated does not say that it is for the same reason. So the counterexample must stay of the
same kind (`kept.lab.corpus.Kind`: the claim, the facts it consists of, its writes), unless any cause will do. A kind is
a guess: with bugs so many that several break one claim in one way, the smallest schedule shows one of them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kept.lab import knobs, simpler
from kept.lab.case import Case, Size, case_of, keys_of, size_of, with_list
from kept.lab.corpus import kind_of
from kept.lab.ddmin import ddmin
from kept.lab.schedule import Schedule
from kept.lab.script import STOP, Planned
from kept.lab.sweep import BUDGET, INTERRUPTED, OutOfTime, Stopped
from kept.lab.trial import Trial
from kept.lab.usage import UsageError

Told = Callable[["Shrinker"], None]
"""Called before every run."""


class Shrinker:
    """Makes one failing schedule smaller.

    Making it makes the first two runs: one that notes what the clients do, and one that fails. From then on `best` is
    the smallest case that was seen to violate `claim`, and `trial` its run. The budget is in seconds of `clock`, which
    is looked at before each run and during long ones; None is no limit. Whoever replayed `schedule` and saw that it
    still violates `claim` may shrink it; the caller's mistake is an AssertionError. Raises `UsageError` for a stepped
    run: whoever made its steps knows what hangs on what.
    """

    def __init__(
        self,
        schedule: Schedule,
        claim: str,
        clock: Callable[[], float],
        budget_s: float | None = None,
        told: Told | None = None,
        *,
        any_cause: bool = False,
    ) -> None:
        assert claim in schedule.violated, "there is a violation to keep"
        if schedule.steps:
            found = f"schedule: {len(schedule.steps)} steps of a stateful test, which has shrunk them"
            raise UsageError(f"{found}; accepted: the schedule of a run")
        self.schedule = schedule
        self.claim = claim
        self.clock = clock
        self.ends_s = None if budget_s is None else clock() + budget_s
        self.told = told
        self.runs = 0
        """Runs that were made, the first two included."""
        self.stopped: Stopped = ""
        """Why it ended before the fixed point."""
        self._tried: dict[Case, bool] = {}
        self.best: Case = case_of(schedule)
        self.trial: Trial = self.best.run((claim,))
        self.runs += 2
        assert self.trial.violated, "the whole script gives the same run"
        self.kind = None if any_cause else kind_of(self.trial)
        """What every counterexample on the way is an example of; None: any of the claim will do."""
        self.size: Size = size_of(self.trial, claim)
        self.before: Size = self.size

    def execute(self) -> None:
        """Shrink to the fixed point, to the end of the budget, or until interrupted: see `stopped`."""
        try:
            self._cut()
            while True:
                self._until_nothing_changes(self._once)
                before = self.best
                self._refine()
                if self.best == before:
                    break
        except OutOfTime:
            self.stopped = BUDGET
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED

    def _until_nothing_changes(self, passes: Callable[[], None]) -> None:
        before = None
        while before != self.best:
            before = self.best
            passes()

    # Passes

    def _cut(self) -> None:
        """The great cuts, once: one key's operations, no fates, and an early end."""
        keys = keys_of(self.trial, self.claim)
        for some in (keys[:1], keys):
            if some and self._fails(self._only(some)):
                break
        self._fails(self.best._replace(fates=()))
        self._cut_the_end()

    def _only(self, keys: tuple[str, ...]) -> Case:
        kept = tuple(intent for intent in self.best.intents if intent.kind == STOP or intent.key in keys)
        return self.best._replace(intents=kept)

    def _cut_the_end(self) -> None:
        """The fewest intents from the beginning, by bisection: what fails need not go on failing with more of them,
        but whatever is accepted was seen to fail."""
        case = self.best
        intents = tuple(intent for intent in case.intents if intent.kind != STOP)
        passes, fails = 0, len(intents)
        while fails - passes > 1:
            middle = (passes + fails) // 2
            if self._fails(case._replace(intents=intents[:middle])):
                fails = middle
            else:
                passes = middle

    def _once(self) -> None:
        """All passes that take something out, the ones that take most first."""
        for group in (_client, _key):
            self._take_out_groups(group)
        for name in ("intents", "faults", "fates"):
            self._prune()
            self._take_out(name)
        for variants in (simpler.fewer_nodes, simpler.fewer_clients, simpler.fewer_keys):
            self._first(variants(self.best))
        for name in ("faults", "intents"):
            self._simplify(name)

    def _refine(self) -> None:
        """Of what is left: smaller quorums and rings, plainer knobs, shorter delays, less waiting."""
        for variants in (simpler.fewer_nodes_elsewhere, knobs.smaller_quorums, knobs.coarser_rings, knobs.plain_knobs):
            while self._first(variants(self.best)):
                pass
        self._simplify("fates")
        self._first(simpler.sooner(self.best))
        for place in range(len(simpler.moments(self.best))):
            self._first(simpler.sooner(self.best, place))
        for case in simpler.settled_knobs(self.best, self.size.operations + self.size.others):
            self._first([self.best._replace(config=case.config)])

    def _prune(self) -> None:
        self._fails(self.best.pruned(self.trial))

    def _take_out(self, name: str) -> None:
        """Delta debugging of one of the case's lists."""
        case = self.best
        ddmin(getattr(case, name), lambda left: self._fails(with_list(case, name, left)))

    def _take_out_groups(self, group: Callable[[Planned], Any]) -> None:
        """Delta debugging of the intents, whole clients or keys at a time."""
        case = self.best
        groups = tuple(dict.fromkeys(map(group, case.intents)))

        def fails(left: tuple[Any, ...]) -> bool:
            kept = tuple(intent for intent in case.intents if group(intent) in left)
            return self._fails(case._replace(intents=kept))

        ddmin(groups, fails)

    def _simplify(self, name: str) -> None:
        """Each item of a list as simple as it goes."""
        for place in range(len(getattr(self.best, name))):
            while self._first(self._simpler(name, place)):
                pass

    def _simpler(self, name: str, place: int) -> Iterator[Case]:
        case = self.best
        items = getattr(case, name)
        for item in simpler.VARIANTS[name](items[place]):
            yield with_list(case, name, (*items[:place], item, *items[place + 1 :]))

    def _first(self, cases: Iterable[Case]) -> bool:
        """Take the first of these that still fails, if one does."""
        return any(case != self.best and self._fails(case) for case in cases)

    # One candidate

    def _look(self, _done: int = 0, _wanted: int = 0) -> None:
        if self.ends_s is not None and self.clock() >= self.ends_s:
            raise OutOfTime

    def _fails(self, case: Case) -> bool:
        """Whether `case` still violates the claim for the same cause and is no bigger; if so it is the best so far."""
        if not case.intents:  # in a schedule, no intents would mean that the clients decide for themselves
            return False
        known = self._tried.get(case)
        if known is not None:
            return known and case == self.best
        self._look()
        if self.told is not None:
            self.told(self)
        self.runs += 1
        trial = case.run((self.claim,), self._look)
        fails = bool(trial.violated) and (self.kind is None or kind_of(trial) == self.kind)
        if fails:
            size = size_of(trial, self.claim)
            fails = size.all <= self.size.all
            if fails:
                self.best, self.trial, self.size = case, trial, size
        self._tried[case] = fails
        return fails


def _client(intent: Planned) -> int:
    return intent.client


def _key(intent: Planned) -> str:
    return intent.key
