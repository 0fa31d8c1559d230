"""One exploration from its scope to what was found: on one core or several, from the beginning or a checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kept.explore.crew import Processes
from kept.explore.growth import estimated_states, longest_run
from kept.explore.judging import Judge
from kept.explore.keeping import write
from kept.explore.lines import Line
from kept.explore.scope import Scope
from kept.explore.system import Nodes
from kept.explore.written import WrittenNodes
from kept.lab.usage import SHOWN_PATH_CHARS, UsageError, shown
from model.explorer.breadth import Search
from model.explorer.checkpoint import BadCheckpoint, Checkpoint, read
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


def explored(scope: Scope, claims: tuple[str, ...], plan: Plan, progress: Progress | None = None) -> Explored:
    """Explore. Raises `TooLarge`, and `UsageError` where the checkpoint is not one of this scope."""
    if plan.cores > 1:
        return _on_cores(scope, claims, plan, progress)
    nodes = Nodes(scope) if plan.directory is None else WrittenNodes(scope, plan.directory / LIBRARY, "0")
    judge = Judge(nodes, claims)
    resume = None if plan.directory is None else _checkpoint(plan.directory, scope, claims)
    outcome = explore(
        nodes,
        judge.properties(),
        plan.bounds,
        stop=plan.stop,
        resume=resume,
        at_level=_at_level(nodes, claims, plan, progress),
    )
    marks = dict(sorted(nodes.cluster.marks.items()))
    ran, lines = nodes.locals.materialised, frozenset(nodes.locals.lines.seen)
    return Explored(scope, claims, outcome, marks, judge.undecided, ran, lines, nodes)


def _on_cores(scope: Scope, claims: tuple[str, ...], plan: Plan, progress: Progress | None) -> Explored:
    with TemporaryDirectory(prefix="kept-explore-") as name:
        directory = Path(name)
        crew = Processes(scope, claims, plan.cores, directory)
        try:
            nodes = WrittenNodes(scope, directory, "leader")
            judge = Judge(nodes, claims)
            at_level = _at_level(nodes, claims, plan, progress)
            outcome = explore(nodes, judge.properties(), plan.bounds, stop=plan.stop, crew=crew, at_level=at_level)
            told: list[Any] = crew.each("told", [()] * plan.cores)
        finally:
            crew.close()
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
        if plan.directory is not None and plan.cores == 1:
            write(plan.directory / CHECKPOINT_FILE, search.save(), identity(nodes.scope, claims))

    return at_level


def _checkpoint(directory: Path, scope: Scope, claims: tuple[str, ...]) -> Checkpoint | None:
    """The checkpoint in a directory, if there is one."""
    path = directory / CHECKPOINT_FILE
    if not path.exists():
        return None
    try:
        return read(path.read_bytes(), identity(scope, claims))
    except BadCheckpoint as error:
        name = shown(str(path), SHOWN_PATH_CHARS)
        raise UsageError(f"{name}: {error}; accepted: a checkpoint of this scope and these claims") from None


def identity(scope: Scope, claims: tuple[str, ...]) -> str:
    """What a checkpoint must be of."""
    return f"{scope.model_dump_json()} {','.join(claims)}"
