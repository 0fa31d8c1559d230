"""The bug zoo's table: how many of the first seeds catch each bug, and whether the same seeds hold without it."""

from collections import Counter
from dataclasses import fields
from statistics import median

from checkers.verdict import Invalid, Valid
from dynamo.core.rules import rules_for
from kept.lab.config import RunConfig
from kept.lab.run import Lab, recorded, verdicts
from kept.zoo.bug import Bug
from kept.zoo.catalogue import BUGS, claims, configure

SEEDS = 40


def _run(config: RunConfig, names: tuple[str, ...]) -> tuple[list[str], bool, int]:
    """The violated claims, whether every claim holds, and the events of one run."""
    outcome = Lab(config, None).execute()
    found = verdicts(recorded(outcome, None), names)
    violated = [name for name, verdict in found.items() if isinstance(verdict, Invalid)]
    return violated, all(isinstance(verdict, Valid) for verdict in found.values()), outcome.events


def _replaced(bug: Bug) -> str:
    """The parts of a node that the bug replaces."""
    own = rules_for(str(bug.overrides.get("versions", "dvv")))
    broken = bug.seed(own)
    return ", ".join(f"`{f.name}`" for f in fields(own) if getattr(own, f.name) is not getattr(broken, f.name)) or "-"


def table(seeds: int = SEEDS) -> None:
    """Print the table of docs/zoo.md, and the controls below it."""
    print("| bug | row | what goes wrong | replaced | violated | first | caught | events |")
    print("|---|---|---|---|---|---|---|---|")
    controls = held = 0
    broken: list[str] = []
    for bug in BUGS.values():
        violated: Counter[str] = Counter()
        caught: list[int] = []
        events: list[int] = []
        for seed in range(seeds):
            config = configure(RunConfig(bug=bug.name, seed=seed))
            names = claims(config)
            found, _, count = _run(config, names)
            hits = [name for name in found if name in bug.breaks]
            violated.update(hits)
            if hits:
                caught.append(seed)
                events.append(count)
            if config.versions == "dvv" and not set(bug.breaks) - set(claims(config.model_copy(update={"bug": ""}))):
                controls += 1
                _, holds, _ = _run(config.model_copy(update={"bug": ""}), names)
                held += holds
                if not holds:
                    broken.append(f"{bug.name} seed {seed}")
        told = ", ".join(f"{name} ({count})" for name, count in violated.most_common())
        first = str(caught[0]) if caught else "-"
        middle = f"{median(events):,.0f}" if events else "-"
        print(
            f"| `{bug.name}` | {bug.row} | {bug.title} | {_replaced(bug)} | {told} "
            f"| {first} | {len(caught)} of {seeds} | {middle} |",
            flush=True,
        )
    print(f"\ncontrols: {held} of {controls} held{'; not: ' + ', '.join(broken) if broken else ''}")
