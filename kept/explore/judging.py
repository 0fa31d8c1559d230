"""Claims as properties of states: a story is judged once, and an end once for each story that comes to it.

A claim that a story alone refutes is refuted in the state in which that shows; what hangs on the final replicas is
judged where a run may end. There all machines run, nothing is under way, and the cluster is left to itself
(`kept.explore.rest`).
"""

from collections.abc import Sequence
from typing import Any

from checkers.registry import CLAIMS
from checkers.verdict import Invalid, Unknown
from histories.replicas import Replicas
from kept.explore.locals import told
from kept.explore.rest import ended
from kept.explore.state import State
from kept.explore.system import Nodes
from kept.explore.witness import Witness
from model.explorer.properties import Always, Eventually, Property

ERRORS = "no-errors"
"""No node stops with an error."""
COPIES = "durable-acknowledgements"
"""Whenever a put is acknowledged, W disks hold it."""
SETTLES = "settles"
"""A cluster that is left to itself comes to rest, in whatever order its background work happens."""
Reasons = dict[str, str]
"""claim -> why it does not hold."""


class Judge:
    """The claims of one exploration."""

    def __init__(self, nodes: Nodes, claims: Sequence[str]) -> None:
        self.nodes = nodes
        self.claims = tuple(claims)
        scope = nodes.scope
        config = scope.run_config()
        self.witness = Witness(config.document(), len(nodes.programs), nodes.stories.most)
        self.ends: dict[tuple[int, ...], tuple[Replicas | None, str]] = {}
        """By the local states of the machines: what each of them holds in the end, and what went wrong on the way."""
        self.undecided: dict[str, str] = {}
        """claim -> why no verdict was possible, somewhere."""
        self._by_story: dict[int, Reasons] = {}
        self._by_end: dict[tuple[int, tuple[int, ...]], Reasons] = {}
        self._last: tuple[State | None, Reasons] = (None, {})

    def properties(self) -> list[Property]:
        """What an explorer checks in every state."""
        always = [Always(name, self._broken(name)) for name in (*self.claims, ERRORS, COPIES)]
        return [*always, Eventually(SETTLES, self.settled)] if self.nodes.scope.settle else [*always]

    def settled(self, state: State) -> bool:
        """Whether a state is at rest, or not yet left to itself."""
        return state.resting is None or bool(state.flaw) or not self.nodes.settling.why(state.resting)

    def _broken(self, name: str) -> Any:
        def broken(state: State) -> str | None:
            if self._last[0] is not state:
                self._last = (state, self.reasons(state))
            return self._last[1].get(name)

        return broken

    def reasons(self, state: State) -> Reasons:
        """Every claim that does not hold in this state."""
        if state.flaw:
            return {ERRORS if "error" in state.flaw else COPIES: state.flaw}
        found = self._by_story.get(state.story)
        if found is None:
            found = self._by_story[state.story] = self._judge(state.story, None)
        if found or not self.nodes.at_rest(state):
            return found
        place = (state.story, state.machines)
        ends = self._by_end.get(place)
        if ends is None:
            ends = self._by_end[place] = self._end(state)
        return ends

    def _end(self, state: State) -> Reasons:
        end = self.ends.get(state.machines)
        if end is None:
            machines = [self.nodes.locals.thaw(number) for number in state.machines]
            try:
                end = (ended(self.nodes.cluster, machines, self.witness).replicas, "")
            except Exception as error:  # whatever the store stumbles over is a finding
                end = (None, told(error))
            self.ends[state.machines] = end
        if end[0] is None:
            return {ERRORS: f"a node stops with an error while the cluster settles: {end[1]}"}
        return self._judge(state.story, end[0])

    def _judge(self, story: int, replicas: Replicas | None) -> Reasons:
        run = self.witness.run(self.nodes.stories.all[story], replicas)
        reasons: Reasons = {}
        for name in self.claims:
            verdict = CLAIMS[name].check(run)
            if isinstance(verdict, Invalid):
                reasons[name] = verdict.counterexample.sentence
            elif isinstance(verdict, Unknown) and replicas is not None:
                self.undecided[name] = verdict.reason
        return reasons
