"""One exploration from its scope to what was found: on one core or several, from the beginning or a checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kept.explore.crew import Member
from kept.explore.judging import SETTLES, Judge
from kept.explore.keeping import kept, write
from kept.explore.lines import Line
from kept.explore.processes import Processes
from kept.explore.scope import Scope
from kept.explore.settling import Resting
from kept.explore.system import Nodes
from kept.explore.written import WrittenNodes
from kept.lab.usage import UsageError
from model.explorer.breadth import Search
from model.explorer.checkpoint import BadCheckpoint, Checkpoint
from model.explorer.estimate import estimated_states, longest_run
from model.explorer.explore import explore
from model.explorer.outcome import Bounds, Outcome

PILOT_STATES = 60_000
"""After so many it is estimated how many there are."""
MOST_STATES = 3_000_000
"""A larger scope is refused where no budget is given: some minutes' work."""
CHECKPOINT_FILE, LIBRARY = "checkpoint.bin", "library"
Progress = Callable[[int, int], None]
"""Called now and then with the states so far and the depth."""


class TooLarge(Exception):
    """The scope has about so many states."""

    def __init__(self, states: int, seen: int) -> None:
        super().__init__(f"about {states:,} states")
        self.states = states
        self.seen = seen


@dataclass(frozen=True)
class Explored:
    """What an exploration came to."""

    scope: Scope
    claims: tuple[str, ...]
    outcome: Outcome
    marks: dict[str, int]
    """Rare paths of the store that were taken, and how often a node really took them."""
    undecided: dict[str, str]
    """claim -> why it could not be judged, somewhere."""
    ran: int
    """Local steps that a node really took; all others were look-ups."""
    lines: frozenset[Line]
    """Lines of dynamo.core that ran."""
    nodes: Nodes
    """Those of the leading process: they replay counterexamples."""


@dataclass(frozen=True)
class Plan:
    """How to explore."""

    bounds: Bounds
    cores: int = 1
    directory: Path | None = None
    """Where checkpoints go, and are looked for."""
    refuse: bool = False
    """Whether to refuse a scope that is too large."""
    stop: bool = True
    """At the first violation."""
    hired: Callable[[Processes], None] = lambda _crew: None
    """Called with the processes of an exploration on several cores, before they begin."""


def explored(scope: Scope, claims: tuple[str, ...], plan: Plan, progress: Progress | None = None) -> Explored:
    """Explore. Raises `TooLarge`, and `UsageError` where the checkpoint is not one of this scope."""
    if plan.cores > 1:
        return _on_cores(scope, claims, plan, progress)
    nodes = Nodes(scope) if plan.directory is None else WrittenNodes(scope, plan.directory / LIBRARY, "0")
    judge = Judge(nodes, claims)
    outcome = explore(
        nodes,
        judge.properties(),
        plan.bounds,
        stop=plan.stop,
        resume=_checkpoint(plan, scope, claims),
        at_level=_at_level(nodes, claims, plan, progress),
    )
    marks = dict(sorted(nodes.cluster.marks.items()))
    ran, lines = nodes.locals.materialised, frozenset(nodes.locals.lines.seen)
    return Explored(scope, claims, _explained(outcome, nodes), marks, judge.undecided, ran, lines, nodes)


def _explained(outcome: Outcome, nodes: Nodes) -> Outcome:
    """Where a cluster does not settle, what still goes on."""
    told = []
    for found in outcome.counterexamples:
        resting: Resting | None = found.last.resting
        if found.name == SETTLES and resting is not None:
            told.append(replace(found, reason=f"{nodes.settling.why(resting)}: {found.reason}"))
        else:
            told.append(found)
    return replace(outcome, counterexamples=tuple(told))


def _on_cores(scope: Scope, claims: tuple[str, ...], plan: Plan, progress: Progress | None) -> Explored:
    with TemporaryDirectory(prefix="kept-explore-") as name:
        directory = Path(name) if plan.directory is None else plan.directory / LIBRARY
        with Processes(partial(Member, scope, claims, directory), plan.cores) as crew:
            plan.hired(crew)
            nodes = WrittenNodes(scope, directory, "leader")
            judge = Judge(nodes, claims)
            outcome = explore(
                nodes,
                judge.properties(),
                plan.bounds,
                stop=plan.stop,
                crew=crew,
                resume=_checkpoint(plan, scope, claims),
                at_level=_at_level(nodes, claims, plan, progress),
            )
            told: list[Any] = crew.each("told", [()] * plan.cores)
    marks: dict[str, int] = {}
    undecided: dict[str, str] = {}
    lines: frozenset[Line] = frozenset()
    for found, open_claims, _, seen in told:
        lines |= seen
        undecided |= open_claims
        for mark, count in found.items():
            marks[mark] = marks.get(mark, 0) + count
    ran = sum(part[2] for part in told)
    return Explored(scope, claims, outcome, dict(sorted(marks.items())), undecided, ran, lines, nodes)


def _at_level(nodes: Nodes, claims: tuple[str, ...], plan: Plan, progress: Progress | None) -> Callable[[Search], None]:
    def at_level(search: Search) -> None:
        seen = sum(search.levels)
        if progress is not None:
            progress(seen, len(search.levels))
        if plan.refuse and seen >= PILOT_STATES:
            states = estimated_states(search.levels, longest_run(nodes))
            if states > MOST_STATES:
                raise TooLarge(states, seen)
        if plan.directory is not None:
            checkpoint = search.save()
            if isinstance(nodes, WrittenNodes):
                nodes.library.sync()
            write(plan.directory / CHECKPOINT_FILE, checkpoint, identity(nodes.scope, claims, plan.cores))

    return at_level


def _checkpoint(plan: Plan, scope: Scope, claims: tuple[str, ...]) -> Checkpoint | None:
    """The checkpoint of this exploration, if there is one."""
    if plan.directory is None or not (plan.directory / CHECKPOINT_FILE).exists():
        return None
    try:
        return kept(plan.directory / CHECKPOINT_FILE, identity(scope, claims, plan.cores))
    except BadCheckpoint as error:
        raise UsageError(f"{error}; accepted: a checkpoint of this scope, these claims and as many cores") from None


def identity(scope: Scope, claims: tuple[str, ...], cores: int) -> str:
    """What a checkpoint must be of."""
    return f"{scope.model_dump_json()} {','.join(claims)} on {cores}"
