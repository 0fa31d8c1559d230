"""The zoo against `StoreMachine`: how many examples hypothesis needs until each bug shows.

`python3 dev.py bench zoo-machine` prints the table of docs/stateful-tests.md, row by row.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, ClassVar, NamedTuple

import hypothesis
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from kept.testing.machine import StoreMachine
from kept.testing.profiles import settings_of
from kept.testing.session import Session, under
from kept.testing.violation import Undecided, Violation
from kept.zoo.bug import Bug
from kept.zoo.catalogue import BUGS

SEEDS = 3
AT_LENGTH = 250
"""So many examples of the nightly profile, a quarter of it, are tried where the small one finds nothing."""
STOPPED = "an assertion of the store"


class Searched(NamedTuple):
    """What one search came to."""

    examples: int
    """Until the bug showed; all of them where it did not."""
    claim: str
    """What was violated; empty: nothing."""


class Search:
    """A machine whose cluster has one bug, in the shape that makes it likely, and how far hypothesis has come with it.
    It tells nobody of its failures."""

    def __init__(self, bug: Bug) -> None:
        search = self
        self.examples = 0
        self.failed_at = 0
        """The example that failed first."""

        class Infected(StoreMachine):
            config: ClassVar[dict[str, Any]] = {**bug.overrides, "bug": bug.name}
            claims = bug.breaks

            def begin(self) -> None:
                search.examples += 1

            def _tell(self, error: Exception) -> None:
                search.failed_at = search.failed_at or search.examples

        self.machine = Infected

    def result(self, how: settings, seed: int) -> Searched:
        """Look for the bug: random examples only, and the first that fails ends it."""
        hypothesis.seed(seed)(self.machine)
        try:
            run_state_machine_as_test(self.machine, settings=settings(how, phases=(Phase.generate,)))
        except (Violation, Undecided) as found:
            return Searched(self.failed_at, found.claim)
        except AssertionError:
            return Searched(self.failed_at, STOPPED)
        return Searched(self.examples, "")


def row(bug: Bug, seeds: int = SEEDS) -> str:
    """One line of the table."""
    began_s = time.process_time()
    found = [Search(bug).result(settings_of("pr"), seed) for seed in range(seeds)]
    hits = [one for one in found if one.claim]
    longer = (
        Searched(0, "") if hits else Search(bug).result(settings(settings_of("nightly"), max_examples=AT_LENGTH), 0)
    )
    claims = ", ".join(dict.fromkeys(one.claim for one in (*hits, longer) if one.claim))
    small = f"{len(hits)} of {seeds}" + (f" ({median(one.examples for one in hits):g})" if hits else "")
    night = "" if hits else f"{longer.examples:,}" if longer.claim else f"not in {longer.examples:,}"
    return f"| `{bug.name}` | {small} | {night} | {claims} | {time.process_time() - began_s:.1f} |"


def table(names: tuple[str, ...] = ()) -> None:
    """Print the table."""
    print("| bug | pr profile, seeds (examples until then) | at length, examples | violated | s |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, under(Session(artifacts=Path(folder))):
        for name in names or tuple(BUGS):
            print(row(BUGS[name]), flush=True)
