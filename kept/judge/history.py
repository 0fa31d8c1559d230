"""One loaded history against its levels."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from checkers.linearizability.check import Bounds, check
from checkers.verdict import Counterexample, Invalid, Unknown, Valid, Verdict
from checkers.witness import Witness
from histories.columns import FAIL, NEVER, Columns
from histories.load import Loaded
from histories.repeated import repeated_value
from kept.judge.fitting import fit
from kept.judge.guess import guess, siblings
from kept.judge.initial import initial_value
from kept.judge.processes import Answer, cores, run
from kept.judge.question import LINEARIZABLE, MVR, Question, check_measurable, wanted_levels
from kept.judge.reached import Reached
from kept.judge.report import Judged, Stopped
from kept.judge.watchdog import Watched
from kept.judge.workloads import ELEMENTS, UNIQUE_IDS, WORKLOADS, set_report
from kept.lab.usage import UsageError
from model.specifications.catalogue import MODELS, REGISTERS

if TYPE_CHECKING:
    from checkers.staleness.measured import Staleness
    from histories.run import RecordedRun

PARALLEL_FROM = 200_000
"""Operations from which a search over the keys is worth a second process."""


STEPS_EACH_S = 200_000
"""Steps of a search of the ladder for each second of the budget: all searches together then end in time as a rule."""
NOTHING = "there is no operation in it that could violate anything"


def judge_history(loaded: Loaded, question: Question) -> Judged:
    """Every level of one history, in this process. Raises `UsageError` and `HistoryError`."""
    plan = _Plan(loaded, question)
    return plan.told(plan.everything())


def judge_in_parallel(loaded: Loaded, question: Question, began_s: float) -> Judged:
    """The same in processes of their own, within the limits, keys apart where that pays. Raises `Spent`."""
    with Watched(question.limits, began_s):
        plan = _Plan(loaded, question)  # which reads this store's own files again
    parts = plan.parts()
    plan.reached = Reached(max(1, len(parts)))
    answers = run(parts or [plan.everything], question.limits, began_s)
    if parts:
        return plan.merged(answers)
    stopped = answers[0].stopped
    return plan.told(answers[0].value) if not stopped else plan.given_up(stopped)


class _Plan:
    """A history whose model and levels are known."""

    def __init__(self, loaded: Loaded, question: Question) -> None:
        self.loaded, self.question = loaded, question
        self.reached: Reached | None = None
        history, name = loaded.columns, loaded.name
        own = loaded.format == "kept"
        found = guess(history, name, own) if question.model is None else None
        self.model = question.model or (found.model if found else "")
        self.guessed = "" if found is None else found.why
        self.levels = wanted_levels(question, self.model, name)
        self.run: RecordedRun | None = None
        self.initial: Any = None
        if question.staleness:
            self._measurable(name)
        if self.model == MVR:
            if not own:
                raise UsageError(f"{name}: no contexts in it; accepted for --model mvr: this store's history.jsonl")
            from kept.judge import ownrun  # noqa: PLC0415 - it loads the store's promises

            self.run = ownrun.own_run(name)
            self.levels = self.levels or ownrun.promised(self.run)
            return
        if own and siblings(history):
            raise UsageError(f"{name}: gets of several siblings; accepted: --model mvr, which is for them")
        if self.model == UNIQUE_IDS:
            if question.initial is not None:
                raise UsageError(f"--initial: of {UNIQUE_IDS}; accepted: nothing, for nothing is there at first")
            return
        fit(history, self.model, name)
        self.initial = initial_value(question.initial, self.model, history)

    def everything(self) -> dict[str, Any]:
        """What is told beside the history's own data: the fields of `Judged`."""
        if not len(self.loaded.columns):
            torn = self.loaded.truncated
            nothing: Verdict = Unknown("it was cut off before its first operation") if torn else Valid(NOTHING)
            return {"verdicts": dict.fromkeys(self.levels, nothing)}
        found: dict[str, Any] = {}
        if self.run is not None:
            from kept.judge import ownrun  # noqa: PLC0415

            found["verdicts"] = ownrun.own_verdicts(self.run, self.levels)
        else:
            rungs = tuple(level for level in self.levels if level not in WORKLOADS)
            if rungs == (LINEARIZABLE,):
                found["verdicts"] = {LINEARIZABLE: self._linearizable(self.loaded.columns)}
            elif rungs:
                found = self._ladder(rungs)
            others = self._workloads()
            found |= others | {"verdicts": found.get("verdicts", {}) | others["verdicts"]}
        if self.question.staleness:
            found["staleness"] = self._staleness()
        return found

    def _workloads(self) -> dict[str, Any]:
        """The levels that only this kind of history has; and of sets, what became of the elements."""
        verdicts: dict[str, Verdict] = {}
        elements = None
        for level in (level for level in self.levels if level in WORKLOADS):
            if level in ELEMENTS:
                elements = elements or set_report(self.loaded.columns, self.initial)
                verdicts[level] = getattr(elements, ELEMENTS[level])
            else:
                verdicts[level] = WORKLOADS[level].judge(self.loaded.columns, self.initial)
        return {"verdicts": verdicts, "elements": elements}

    def _measurable(self, name: str) -> None:
        try:
            check_measurable(self.model)
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from None

    def _staleness(self) -> "Staleness":
        if self.run is not None:
            from checkers.staleness import contexts  # noqa: PLC0415 - only where it is asked for

            return contexts.staleness(self.run)
        from checkers.staleness import registers  # noqa: PLC0415

        return registers.staleness(self.loaded.columns, self.initial)

    def _ladder(self, rungs: tuple[str, ...]) -> dict[str, Any]:
        from checkers.ladder.causal import BUDGET  # noqa: PLC0415 - most histories are asked for one level only
        from checkers.ladder.climb import climb  # noqa: PLC0415

        budget_s = self.question.limits.budget_s or 0.0
        found = climb(self.loaded.columns, rungs, self.initial, max(BUDGET, round(budget_s * STEPS_EACH_S)))
        return {
            "verdicts": dict(found.verdicts),
            "implied": dict(found.implied),
            "strongest": found.strongest,
            "smallest_k": found.smallest_k,
            "smallest_delta": found.smallest_delta,
        }

    def _linearizable(self, history: Columns, process: int = 0) -> Verdict:
        memory = self.question.limits.memory_bytes
        bounds = Bounds() if memory is None else Bounds(memory_bytes=memory // 2)
        if self.reached is not None:
            bounds = bounds._replace(progress=self.reached.watch(process))
        return check(history, self.model, self.initial, bounds)

    def parts(self) -> list[Callable[[], Verdict]]:
        """One task for each process, each with keys of its own; none where one process is as fast."""
        history, workers = self.loaded.columns, cores()
        if self.run is not None or self.question.staleness:
            return []
        if self.levels != (LINEARIZABLE,) or not MODELS[self.model].by_key:
            return []
        if len(history) < PARALLEL_FROM or workers < 2 or len(history.keys) < 2:
            return []
        if self.model in REGISTERS and repeated_value(history) is None:
            return []  # decided by order, in less time than a process takes to begin
        share = np.arange(len(history.keys)) % workers
        return [self._part(history, share, number) for number in range(workers)]

    def _part(self, history: Columns, share: Any, number: int) -> Callable[[], Verdict]:
        def decide() -> Verdict:
            return self._linearizable(only(history, share[history.key] == number), number)

        return decide

    def merged(self, answers: list[Answer]) -> Judged:
        """One verdict of those over the parts."""
        stopped: Stopped = next((answer.stopped for answer in answers if answer.stopped), "")
        verdicts: list[Verdict] = [answer.value for answer in answers if not answer.stopped]
        bad = next((verdict for verdict in verdicts if isinstance(verdict, Invalid)), None)
        open_ = next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), None)
        if bad is not None:
            verdict: Verdict = bad
        elif stopped:
            verdict = self._stopped(stopped, next(at for at, answer in enumerate(answers) if answer.stopped))
        elif open_ is not None:
            verdict = open_
        else:
            count, parts = len(self.loaded.columns), len(answers)
            verdict = Valid(f"{count:,} operations on {len(self.loaded.columns.keys):,} keys, in {parts} processes")
        told = self.told({"verdicts": {LINEARIZABLE: verdict}})
        return told._replace(stopped=stopped if bad is None else "")

    def told(self, found: dict[str, Any]) -> Judged:
        history = self.loaded.columns
        return Judged(
            name=self.loaded.name,
            model=self.model,
            guessed=self.guessed,
            format=self.loaded.format,
            operations=len(history),
            keys=distinct(history.key[history.key >= 0]),
            clients=distinct(history.process),
            notices=self.loaded.notices,
            witnesses=self._witnesses(found),
            **found,
        )

    def _witnesses(self, found: dict[str, Any]) -> dict[str, Witness]:
        """The order around what is violated by itself."""
        implied = found.get("implied", {})
        if not self.question.graph:
            return {}
        return {
            level: self._around(verdict.counterexample)
            for level, verdict in found["verdicts"].items()
            if isinstance(verdict, Invalid) and level not in implied
        }

    def _around(self, found: Counterexample) -> Witness:
        if self.run is not None:
            from checkers import contextgraph  # noqa: PLC0415 - only who asks for a graph waits for it

            return contextgraph.around(self.run, found)
        from checkers.ladder import causality  # noqa: PLC0415

        return causality.around(self.loaded.columns, found, self.initial)

    def given_up(self, stopped: Stopped) -> Judged:
        told = self.told({"verdicts": dict.fromkeys(self.levels, self._stopped(stopped, 0))})
        return told._replace(stopped=stopped)

    def _stopped(self, stopped: Stopped, process: int) -> Unknown:
        assert self.reached is not None, "only what runs in another process is stopped"
        return Unknown(self.reached.told(self.loaded.columns, process, stopped))


def distinct(codes: Any) -> int:
    """How many different numbers there are; numpy's own way sorts them all."""
    if not len(codes):
        return 0
    low, high = int(codes.min()), int(codes.max())
    if high - low < 4 * len(codes):
        return int(np.count_nonzero(np.bincount(codes - low)))
    return len(set(codes.tolist()))


def only(history: Columns, chosen: Any) -> Columns:
    """`history` with the rows that are not `chosen` taken for failed, so that they had no effect; rows keep their
    places, so that what is said of them is right."""
    status = np.where(chosen, history.status, FAIL).astype(history.status.dtype)
    end = np.where(~chosen & (history.end == NEVER), history.start, history.end)
    ended = history.ended
    if ended is not None and history.began is not None:
        ended = np.where(~chosen & (ended == NEVER), history.began, ended)
    return replace(history, status=status, end=end, ended=ended)
