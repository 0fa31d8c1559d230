"""Fuzzing: many seeds, each with a cluster and conditions of its own, spread over processes until the time is up.

Seeds are handed out in order. What a seed comes to depends on the seed alone; how many are run depends on the budget.
Every 20th is repeated in another process and compared to the byte, as FoundationDB does: a run that does not repeat is
a finding of its own. The schedules of everything that was ever found are replayed first; what is found is shrunk last.
"""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from kept.lab.config import RunConfig
from kept.lab.corpus import CRASH, NONDETERMINISM, Corpus, Found, Kind
from kept.lab.coverage import unreached
from kept.lab.entry import Replayed
from kept.lab.pool import Died, Done, Pool
from kept.lab.probe import Answer, Explain, Explained, Ran, Replay, Run, Shrink, Shrunk, Task, probe
from kept.lab.swarm import wide
from kept.lab.trial import claims_of

REPEATED_EVERY = 20
GRACE_S = 5.0
"""When the budget is spent, the runs that are under way may take this long to end; then they are broken off."""
EXPLAINING_S = 130.0
"""And explanations this long: a little more than `probe.EXPLANATION_S`."""
TICK_S = 0.2
FIRST_FILE, SECOND_FILE = "history.jsonl", "history-again.jsonl"

Stopped = Literal["budget", "seeds", "violation", "interrupted"]
"""Why no more seeds were run: the time was up, all that were wanted had run, one violated a claim, or Ctrl-C."""


class Plan(NamedTuple):
    """What is to be fuzzed."""

    config: RunConfig
    """The first seed, and the fields that stay as they are: those that were set explicitly."""
    named: tuple[str, ...] = ()
    """Claims that are checked though the configuration does not make them."""
    budget_s: float = 60.0
    seeds: int | None = None
    """At most so many; None: as many as the budget allows."""
    jobs: int = 2
    keep_going: bool = False
    shrink_s: float = 60.0
    """Real time that is spent, when all seeds have run, on making what was found smaller; 0: none."""


@dataclass(slots=True)
class Seen:
    """One kind of violation, in this session."""

    found: Found
    """The run with the least seed."""
    place: Path
    new: bool
    """Whether the corpus did not know it."""
    count: int = 1
    """Runs of this session."""
    told: Explained | None = None
    shrunk: Shrunk | None = None


class Tally:
    """What all runs came to together."""

    def __init__(self) -> None:
        self.done = 0
        """Seeds that ran to their end."""
        self.last_seed: int | None = None
        self.repeated = 0
        self.counts: Counter[str] = Counter()
        self.marks: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter({"ok": 0, "fail": 0, "info": 0})
        self.events = 0
        self.verdicts: dict[str, Counter[str]] = {}
        """Claim -> how many runs it held in, was violated in, was not decided in."""
        self.reasons: dict[str, tuple[int, str]] = {}
        """Claim -> the first seed in which it was not decided, and why."""
        self.due: set[str] = set()
        """Fault kinds and recovery paths that the configurations of these runs lead to."""

    @property
    def operations(self) -> int:
        return self.outcomes.total()

    @property
    def never_reached(self) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.due if not self.counts[name] and not self.marks[name]))

    def add(self, config: RunConfig, ran: Ran) -> None:
        self.done += 1
        self.last_seed = max(config.seed, self.last_seed or 0)
        self.counts.update(ran.counts)
        self.marks.update(ran.marks)
        self.outcomes.update(ran.outcomes)
        self.events += ran.events
        for claim, verdict in ran.verdicts.items():
            self.verdicts.setdefault(claim, Counter())[verdict] += 1
        for claim, reason in ran.reasons.items():
            self.reasons[claim] = min(self.reasons.get(claim, (config.seed, reason)), (config.seed, reason))
        self.due.update(unreached(config, {}, {}))


class Fuzz:
    """One session. Findings are saved into `corpus` as they come; `seen`, `tally` and the rest hold what was found so
    far at any time, also after Ctrl-C."""

    def __init__(self, plan: Plan, corpus: Corpus, work: Callable[[Task], Answer] = probe) -> None:
        self.plan = plan
        self.corpus = corpus
        self.tally = Tally()
        self.seen: dict[str, Seen] = {}
        """By the name of the kind, in the order in which they were found."""
        self.replayed: dict[Path, Replayed] = {}
        self.died: dict[str, int | None] = {}
        """What a worker died of twice: ``seed S``, or the schedule that it replayed; and its exit code."""
        self.unfinished: tuple[str, ...] = ()
        """What was broken off."""
        self.stopped: Stopped | None = None
        self._work = work
        self._replays: deque[Path] = deque()
        self._urgent: deque[tuple[Task, int]] = deque()
        """Explanations and repetitions, and the process that must not do them."""
        self._first: dict[int, Ran] = {}
        """Runs that wait for their repetition, by seed."""
        self._next_seed = plan.config.seed
        self._ends_s = 0.0
        self._unshrunk: list[Seen] | None = None
        """What is still to be shrunk; None before the last seed has run."""
        self._shrinking_ends_s = 0.0

    @property
    def violations(self) -> tuple[Seen, ...]:
        """The kinds that violate a claim; not errors, not what did not repeat."""
        return tuple(seen for seen in self.seen.values() if seen.found.kind.claim not in (CRASH, NONDETERMINISM))

    @property
    def failed_again(self) -> tuple[Path, ...]:
        return tuple(place for place, replayed in self.replayed.items() if replayed.result == "FAILED")

    @property
    def shrinking(self) -> bool:
        """Whether all seeds have run, and what was found is made smaller."""
        return bool(self._shrinking_ends_s)

    def execute(self, progress: Callable[["Fuzz"], None] | None = None) -> None:
        """Run until the budget is spent, the first violation (unless told to keep going) or Ctrl-C. No worker is left
        behind."""
        self._ends_s = time.monotonic() + self.plan.budget_s
        self._replays.extend(self.corpus.entries())
        pool: Pool[Task, Answer] = Pool(self._work, self.plan.jobs)
        try:
            with pool:
                try:
                    self._loop(pool, progress)
                finally:
                    self.unfinished = tuple(sorted(_called(task) for task in pool.under_way if _counts(task)))
        except KeyboardInterrupt:
            self.stopped = "interrupted"

    def _loop(self, pool: Pool[Task, Answer], progress: Callable[["Fuzz"], None] | None) -> None:
        while True:
            while pool.free and (task := self._next(pool)) is not None:
                pool.submit(*task)
            if not pool.under_way:
                return
            if self._given_up(pool):
                self.stopped = self.stopped or "budget"
                return
            for ended in pool.wait(TICK_S):
                self._take(ended)
            if progress is not None:
                progress(self)

    def _given_up(self, pool: Pool[Task, Answer]) -> bool:
        """Whether what is under way has had its time."""
        if any(isinstance(task, Shrink) for task in pool.under_way):
            return time.monotonic() > self._shrinking_ends_s + EXPLAINING_S
        explaining = any(isinstance(task, Explain) for task in pool.under_way)
        return time.monotonic() > self._ends_s + (EXPLAINING_S if explaining else GRACE_S)

    # What is next

    def _next(self, pool: Pool[Task, Answer]) -> tuple[Task, int] | None:
        spent = time.monotonic() >= self._ends_s
        while self._urgent:
            task, not_by = self._urgent.popleft()
            if not spent or isinstance(task, Explain):
                return task, not_by
        if spent:
            self.stopped = self.stopped or "budget"
        if self.stopped is None:
            if self._replays:
                return Replay(self._replays.popleft()), 0
            if any(isinstance(task, Replay) for task in pool.under_way):
                return None
            if (seed := self._seed()) is not None:
                return seed
        return self._shrink(pool)

    def _seed(self) -> tuple[Task, int] | None:
        """The next seed, unless enough is known."""
        first = self.plan.config.seed
        if not self.plan.keep_going and (self.seen or self.failed_again):
            self.stopped = "violation"
        elif self.plan.seeds is not None and self._next_seed >= first + self.plan.seeds:
            self.stopped = "seeds"
        if self.stopped is not None:
            return None
        config = wide(self.plan.config.model_copy(update={"seed": self._next_seed}))
        self._next_seed += 1
        compared = (config.seed - first) % REPEATED_EVERY == REPEATED_EVERY - 1
        return Run(config, claims_of(config, self.plan.named), compared), 0

    def _shrink(self, pool: Pool[Task, Answer]) -> tuple[Task, int] | None:
        """The next kind to shrink, when nothing else is under way: it then stands for the least of its seeds. Each may
        take its share of the time that is left."""
        if self._unshrunk is None:
            if self.plan.shrink_s <= 0 or pool.under_way:
                return None
            self._unshrunk = [seen for seen in self.violations if not self.corpus.shrunk(seen.found.kind).exists()]
            if self._unshrunk:
                self._shrinking_ends_s = time.monotonic() + self.plan.shrink_s
        if not self._unshrunk:
            return None
        rounds = -(-len(self._unshrunk) // self.plan.jobs)
        share_s = (self._shrinking_ends_s - time.monotonic()) / rounds
        return Shrink(self._unshrunk.pop(0).found, max(0.0, share_s)), 0

    # What came of it

    def _take(self, ended: Done | Died) -> None:
        if isinstance(ended, Died):
            if _counts(ended.task):
                self.died[_called(ended.task)] = ended.exitcode
            return
        task, answer = ended.task, ended.answer
        if isinstance(task, Replay):
            self.replayed[task.place] = answer
        elif isinstance(task, Explain):
            self._explained(task.found, answer)
        elif isinstance(task, Shrink):
            self._shrunk(task.found, answer)
        elif task.repeated:
            self._compare(task, self._first.pop(task.config.seed), answer)
        else:
            self.tally.add(task.config, answer)
            if answer.found is not None:
                self._found(answer.found)
            if task.compared:
                self._first[task.config.seed] = answer
                self._urgent.append((task._replace(repeated=True), ended.by))

    def _found(self, found: Found) -> None:
        """Save it; explain it where it is the first of its kind, or the first by its seed."""
        new = self.corpus.add(found)
        seen = self.seen.get(found.kind.name)
        if seen is None:
            self.seen[found.kind.name] = Seen(found, self.corpus.place(found.kind), new)
        else:
            seen.count += 1
            if found.seed > seen.found.seed:
                return
            seen.found, seen.told = found, None
        if found.violated:
            self._urgent.append((Explain(found), 0))

    def _explained(self, found: Found, told: Explained) -> None:
        seen = self.seen[found.kind.name]
        if seen.found is not found and seen.found.seed != found.seed:
            return  # a run with a lesser seed has taken its place
        seen.told = told
        if told.lines and seen.new:
            self.corpus.explain(found.kind, told.lines)

    def _shrunk(self, found: Found, shrunk: Shrunk) -> None:
        self.seen[found.kind.name].shrunk = shrunk
        made = shrunk.smaller
        if made is not None:
            self.corpus.add_shrunk(found.kind, made.files, made.before.events, made.after.events)

    def _compare(self, task: Run, then: Ran, now: Ran) -> None:
        self.tally.repeated += 1
        if (then.history_sha256, then.rest_sha256) == (now.history_sha256, now.rest_sha256):
            return
        same = then.history_sha256 == now.history_sha256
        what = "the same history, but another trace, other replicas or other verdicts" if same else "another history"
        kind = Kind(NONDETERMINISM, (), ("verdicts" if same else "history",))
        sentence = f"Run again in another process, seed {task.config.seed} made {what}: this run does not replay."
        again = {SECOND_FILE: now.files[FIRST_FILE]} if FIRST_FILE in now.files else {}
        self._found(Found(kind, task.config.seed, (), sentence, (), {**then.files, **again}))


def _counts(task: Task) -> bool:
    """Whether it matters that it was not done."""
    return not isinstance(task, Explain | Shrink)


def _called(task: Task) -> str:
    """What a task is, to a person."""
    match task:
        case Run():
            return f"seed {task.config.seed}" + (" (repeated)" if task.repeated else "")
        case Replay():
            return str(task.place)
        case Explain():
            return f"the explanation of seed {task.found.seed}"
        case Shrink():
            return f"the shrinking of seed {task.found.seed}"
