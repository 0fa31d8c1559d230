"""What came of judging histories: plain values, which pickle and need neither pydantic nor the workbench."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from checkers.linearizability.story import Observed, paragraph, trace
from checkers.verdict import Counterexample, Invalid, Unknown, Valid, Verdict
from checkers.witness import Witness, digraph
from histories.notice import Notice
from kept.judge.question import LINEARIZABLE, Question
from kept.lab.usage import one_line_of

if TYPE_CHECKING:
    import networkx as nx

    from checkers.facts import Fact
    from checkers.staleness.measured import Staleness
    from checkers.workloads.sets import SetReport

VerdictName = Literal["valid", "invalid", "unknown"]
Stopped = Literal["", "interrupted", "budget", "memory"]
WHY: Mapping[Stopped, str] = {
    "interrupted": "interrupted: let it run to its end",
    "budget": "the budget was spent: try a larger --budget",
    "memory": "the memory was spent: try a larger --max-mem, or fewer clients per key",
}


class Judged(NamedTuple):
    """One history and its verdicts."""

    name: str
    verdicts: Mapping[str, Verdict]
    """By level, in the order in which they are told."""
    model: str = ""
    guessed: str = ""
    """What the model was told by; empty where it was named."""
    format: str = ""
    operations: int = 0
    keys: int = 0
    clients: int = 0
    notices: tuple[Notice, ...] = ()
    implied: Mapping[str, str] = {}
    """Level -> the level that decided it."""
    strongest: tuple[str, ...] = ()
    """With several levels: those that hold and that no other one that holds implies."""
    smallest_k: int | None = None
    smallest_delta: int | None = None
    stopped: Stopped = ""
    staleness: "Staleness | None" = None
    """Where it was asked for and there is an operation."""
    elements: "SetReport | None" = None
    """What became of the elements, where a level of sets was judged."""
    witnesses: Mapping[str, Witness] = {}
    """Of each level that is violated and that no other one decided, the order around the violation, if asked for."""

    @property
    def verdict(self) -> VerdictName:
        """Invalid wins over unknown; nothing judged is unknown."""
        return together(tuple(verdict_name(verdict) for verdict in self.verdicts.values()))

    @property
    def violated(self) -> tuple[str, ...]:
        """The levels that do not hold."""
        return tuple(name for name, verdict in self.verdicts.items() if isinstance(verdict, Invalid))


class CheckReport(NamedTuple):
    """All histories of one command, in its order."""

    histories: tuple[Judged, ...]

    @property
    def verdict(self) -> VerdictName:
        """Invalid wins over unknown, unknown over valid."""
        return together(tuple(judged.verdict for judged in self.histories))

    @property
    def stopped(self) -> Stopped:
        """Why something was not judged to its end; an interruption before all else."""
        found = {judged.stopped for judged in self.histories}
        order: tuple[Stopped, ...] = ("interrupted", "budget", "memory")
        return next((why for why in order if why in found), "")

    @property
    def holds(self) -> bool:
        """Whether every level of every history is `Valid`: an `Unknown` does not hold."""
        return self.verdict == "valid"

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """Level -> verdict of the first history: the only one where one was given."""
        return self.histories[0].verdicts

    @property
    def violated(self) -> tuple[str, ...]:
        """The levels of the first history that do not hold."""
        return self.histories[0].violated

    @property
    def staleness(self) -> "Staleness | None":
        """How stale the reads of the first history were, where that was asked for."""
        return self.histories[0].staleness

    @property
    def strongest(self) -> tuple[str, ...]:
        """The strongest levels that the first history satisfies."""
        return self.histories[0].strongest

    @property
    def graphs(self) -> tuple[tuple[str, Witness], ...]:
        """The order around each violation by itself, with the level's name; before it the history's where there are
        several. Empty where none was asked for."""
        several = len(self.histories) > 1
        return tuple(
            (f"{one_line_of(judged.name)}: {level}" if several else level, witness)
            for judged in self.histories
            for level, witness in judged.witnesses.items()
        )

    def graph(self) -> "nx.DiGraph[str]":
        """All of `graphs` as one networkx graph (`checkers.witness`). Raises ValueError where none was asked for."""
        if not self.graphs and any(judged.violated for judged in self.histories):
            raise ValueError("no graph was asked for; accepted: check(..., graph=True)")
        return digraph(self.graphs)

    def explain(self) -> str:
        """The first violation as a paragraph. Raises ValueError where nothing is violated."""
        for judged in self.histories:
            for level in judged.violated:
                verdict = judged.verdicts[level]
                assert isinstance(verdict, Invalid)
                return story(verdict.counterexample)
        raise ValueError("nothing is violated, so there is nothing to explain")


def verdict_name(verdict: Verdict) -> VerdictName:
    """The verdict as documents spell it."""
    return "valid" if isinstance(verdict, Valid) else "invalid" if isinstance(verdict, Invalid) else "unknown"


def together(names: tuple[VerdictName, ...]) -> VerdictName:
    """One name for many."""
    order: tuple[VerdictName, ...] = ("invalid", "unknown", "valid")
    return next((name for name in order if name in names), "unknown")


def unjudged(name: str, question: Question, stopped: Stopped) -> Judged:
    """A history that could not be judged for want of time or memory."""
    levels = question.levels or (LINEARIZABLE,)
    return Judged(name, dict.fromkeys(levels, Unknown(WHY[stopped])), question.model or "", stopped=stopped)


def story(found: Counterexample) -> str:
    """A counterexample as a paragraph: operations in the order of time, what had ended before what began."""
    if any(isinstance(fact, Observed) for fact in found.facts):
        return paragraph(found)
    return " ".join(_sentence(fact) for fact in found.facts)


def timeline(found: Counterexample) -> list[str]:
    """The operations over time, a line each; empty where the facts are of another kind."""
    return trace(found) if any(isinstance(fact, Observed) for fact in found.facts) else []


def _sentence(fact: "Fact") -> str:
    text = fact.sentence()
    return text[:1].upper() + text[1:] + "."
