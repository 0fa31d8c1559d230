"""The store under hypothesis: a state machine whose rules are clients, faults, time and membership.

    class CartMachine(StoreMachine):
        keys = ()                       # no requests but the application's own

        @rule(client=clients(), item=st.sampled_from("abc"))
        def add(self, client, item):
            ...self.cluster.get(...)...

        def at_rest(self):              # everything has healed and settled
            assert ...

    TestCart = CartMachine.TestCase

After each rule the promises that can be judged so far are judged; at the end the cluster heals and settles, and all
claims are. What fails shrinks to few rules, and is printed with a runnable test and a schedule for `kept replay`.
"""

import sys
import unittest
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar

import hypothesis
from hypothesis import settings as Settings  # noqa: N812 - as hypothesis itself calls it
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import Bundle, RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from kept.testing import failure
from kept.testing.cluster import Answer, SimCluster
from kept.testing.profiles import chosen
from kept.testing.session import current
from kept.testing.smaller import call, fewer, scope_of

Found = TypeVar("Found")
FAULTS = ("crash", "pause", "lose-disk", "jump-clock", "partition", "cut", "lose-messages", "join", "leave", "remove")
"""The rules for faults and membership, by name."""
NEWCOMERS = 2
"""So many machines join, at the most."""
IN_A_ROW = 2
"""So many faults happen without a request between them, at the most: hypothesis calls all rules alike, and there are
more of them for faults than for clients."""
_SEED = "_hypothesis_internal_use_seed"


def of_machine(choices: Callable[[Any], Any]) -> st.SearchStrategy[Any]:
    """One of what `choices(machine)` gives when the rule is chosen."""
    return st.runner().flatmap(lambda machine: st.sampled_from(choices(machine)))


def nodes() -> st.SearchStrategy[str]:
    """A machine of the cluster as it is then."""
    return of_machine(lambda machine: machine.cluster.nodes)


def clients() -> st.SearchStrategy[int]:
    """A client's number."""
    return of_machine(lambda machine: range(machine.cluster.config.clients))


def _keys() -> st.SearchStrategy[str]:
    return of_machine(lambda machine: machine.keys)


def _allows(fault: str, possible: Callable[[SimCluster], Any] = lambda _: True) -> Callable[[Any], bool]:
    def allowed(machine: Any) -> bool:
        cluster = machine.cluster
        return fault in machine.faults and cluster.faults_in_a_row < IN_A_ROW and bool(possible(cluster))

    return allowed


class _TestCase:
    """`Machine.TestCase`: a class for unittest and pytest, whose `settings` may be set."""

    def __get__(self, machine: Any, owner: type["StoreMachine"]) -> type[unittest.TestCase]:
        return _test_case(owner)

    def __set__(self, machine: Any, value: Any) -> None:
        raise AttributeError("TestCase cannot be set; accepted: its settings")


class StoreMachine(RuleBasedStateMachine):
    """A cluster, its clients and its faults. See the module for how to make it one's own.

    It can be made and called without hypothesis, as a printed test does.
    """

    config: ClassVar[Mapping[str, Any]] = {}
    """Fields of `kept.RunConfig`, such as ``{"versions": "lww"}``."""
    claims: ClassVar[tuple[str, ...]] = ()
    """What is checked beside that which the configuration promises."""
    keys: ClassVar[tuple[str, ...]] = ("k0", "k1")
    """The keys that the machine's own clients ask for; none: there are no requests but the application's."""
    faults: ClassVar[tuple[str, ...]] = FAULTS
    """Which of `FAULTS` may happen."""

    answer = Bundle("answer")

    def __init__(self, seed: int | None = None) -> None:
        """`seed` decides latencies and the like; None: the session's. A printed test names it."""
        super().__init__()
        self.steps_told: list[str] = []
        """The rules that were called, as Python; known in the last run of a failing example."""
        self.searching = False
        """Whether this is one of many runs, of which nothing is told."""
        self.error: Exception | None = None
        self._handled = sys.exc_info()[1]
        """What was being handled when the machine was made: that is not its failure."""
        self.written = 0
        self.hurried = False
        given = {**self.config, "seed": current().seed if seed is None else seed}
        self.cluster = SimCluster(self.claims, **given)
        self.begin()

    # For the application

    def begin(self) -> None:
        """The cluster serves; no rule was called yet."""

    def at_rest(self) -> None:
        """All faults are healed, and the cluster is at rest. Look at it here, and raise where something is wrong."""

    def fresh_value(self) -> str:
        """A value that was never written before, so that it names its put."""
        self.written += 1
        return f"v{self.written}"

    # Clients

    @precondition(lambda self: self.keys)
    @rule(target=answer, client=clients(), key=_keys())
    def get(self, client: int, key: str) -> Answer:
        return self.cluster.get(key, client=client, wait=self._waits())

    @precondition(lambda self: self.keys)
    @rule(target=answer, client=clients(), key=_keys())
    def put(self, client: int, key: str) -> Answer:
        """Without a context: beside everything that is there."""
        return self.cluster.put(key, self.fresh_value(), client=client, wait=self._waits())

    @precondition(lambda self: self.keys)
    @rule(target=answer, client=clients(), seen=answer)
    def put_over(self, client: int, seen: Answer) -> Answer:
        """In the place of what an earlier answer has shown, to whichever client; it may be stale."""
        return self.cluster.put(seen.key, self.fresh_value(), seen, client=client, wait=self._waits())

    @precondition(lambda self: self.keys)
    @rule(client=clients(), seen=answer)
    def delete(self, client: int, seen: Answer) -> None:
        self.cluster.delete(seen.key, seen, client=client, wait=self._waits())

    @precondition(lambda self: self.keys and not self.hurried)
    @rule()
    def hurry(self) -> None:
        """The next request is not waited for: what comes after it happens while it is under way."""
        self.hurried = True

    def _waits(self) -> bool:
        hurried, self.hurried = self.hurried, False
        return not hurried

    # Time

    @rule(ms=st.sampled_from((1, 10, 100, 1_000, 5_000)))
    def advance(self, ms: int) -> None:
        self.cluster.advance(ms)

    # Faults

    @precondition(_allows("crash", lambda cluster: cluster.serving))
    @rule(node=of_machine(lambda machine: machine.cluster.serving), keep=st.sampled_from((0.0, 0.5, 1.0)))
    def crash(self, node: str, keep: float) -> None:
        self.cluster.crash(node, keep=keep)

    @precondition(_allows("crash", lambda cluster: cluster.serving))
    @rule(node=of_machine(lambda machine: machine.cluster.serving))
    def crash_at_next_write(self, node: str) -> None:
        self.cluster.crash(node, at_next_write=True)

    @precondition(lambda self: self.cluster.down)
    @rule(node=of_machine(lambda machine: machine.cluster.down))
    def restart(self, node: str) -> None:
        self.cluster.restart(node)

    @precondition(_allows("pause", lambda cluster: cluster.serving))
    @rule(node=of_machine(lambda machine: machine.cluster.serving))
    def pause(self, node: str) -> None:
        self.cluster.pause(node)

    @precondition(lambda self: self.cluster.paused)
    @rule(node=of_machine(lambda machine: machine.cluster.paused))
    def resume(self, node: str) -> None:
        self.cluster.resume(node)

    @precondition(_allows("lose-disk", lambda cluster: cluster.serving))
    @rule(node=of_machine(lambda machine: machine.cluster.serving))
    def lose_disk(self, node: str) -> None:
        self.cluster.lose_disk(node)

    @precondition(_allows("jump-clock"))
    @rule(node=nodes(), by_ms=st.sampled_from((-1_000, 1_000, -3_600_000, 3_600_000)))
    def jump_clock(self, node: str, by_ms: int) -> None:
        self.cluster.jump_clock(node, by_ms)

    @precondition(_allows("partition", lambda cluster: len(cluster.nodes) > 1))
    @rule(alone=nodes())
    def partition(self, alone: str) -> None:
        """One node is cut off from all others; a second one, and they are cut off from each other too."""
        self.cluster.partition([alone], [name for name in self.cluster.nodes if name != alone])

    @precondition(_allows("cut", lambda cluster: len(cluster.nodes) > 1))
    @rule(sender=nodes(), to=nodes())
    def cut(self, sender: str, to: str) -> None:
        if sender != to:
            self.cluster.cut(sender, to)

    @precondition(_allows("lose-messages"))
    @rule(share=st.sampled_from((0.1, 0.5, 1.0)))
    def lose_messages(self, share: float) -> None:
        self.cluster.lose_messages(share)

    @precondition(lambda self: self.cluster.rough)
    @rule()
    def heal(self) -> None:
        self.cluster.heal()

    # Membership

    @precondition(_allows("join", lambda cluster: cluster.newcomers < NEWCOMERS))
    @rule()
    def join(self) -> None:
        self.cluster.join()

    @precondition(_allows("leave", lambda cluster: len(cluster.members) > cluster.config.n))
    @rule(node=of_machine(lambda machine: machine.cluster.members))
    def leave(self, node: str) -> None:
        self.cluster.leave(node)

    @precondition(_allows("remove", lambda cluster: len(cluster.members) > cluster.config.n))
    @rule(node=of_machine(lambda machine: machine.cluster.members))
    def remove(self, node: str) -> None:
        self.cluster.remove(node)

    # The end

    def teardown(self) -> None:
        """Heal, settle, look and judge; tell of what failed, here or in a rule."""
        error = sys.exc_info()[1]
        if error is None or error is self._handled:
            try:
                self.cluster.settle()
                self.at_rest()
                self.cluster.check()
            except Exception as found:
                self._tell(found)
                raise
        elif isinstance(error, Exception) and not isinstance(error, HypothesisException):
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        self.error = error
        if self.searching or in_search():
            return
        if _driven and hypothesis.currently_in_test_context():
            _driven[-1].append(self)  # `run` makes it smaller, and tells
        else:
            error.add_note(failure.tell(self, error))

    def _repr_step(self, step: Any, data: Any, result: Any) -> str:
        """What hypothesis prints of a step; it asks only where it prints."""
        told: str = super()._repr_step(step, data, result)
        self.steps_told.append(told)
        return told

    TestCase = _TestCase()  # type: ignore[assignment]  # hypothesis has a descriptor of its own there


_driven: list[list[StoreMachine]] = []
"""What failed in the end, of each `run` that is under way."""


def in_search() -> bool:
    """Whether hypothesis is still looking for an example, or for a smaller one."""
    return hypothesis.currently_in_test_context() and not hypothesis.control.current_build_context().is_final


def run(machine: type[StoreMachine], settings: Settings | None = None, seed: int | None = None) -> None:
    """Let hypothesis drive `machine`, under the session's profile and seed unless others are given. Raises what it
    raised in the smallest example that was found."""
    failed: list[StoreMachine] = []
    _driven.append(failed)
    try:
        _drive(machine, settings or chosen(), current().seed if seed is None else seed)
    except Exception as error:
        if not failed or type(failed[-1].error) is not type(error):
            raise
        _fail_smaller(machine, failed[-1], error)
    finally:
        _driven.remove(failed)


def _drive(machine: type[StoreMachine], settings: Settings, seed: int) -> None:
    if hasattr(machine, _SEED):  # @hypothesis.seed stands on it
        run_state_machine_as_test(machine, settings=settings)
        return
    hypothesis.seed(seed)(machine)
    try:
        run_state_machine_as_test(machine, settings=settings)
    finally:
        delattr(machine, _SEED)
        delattr(machine, "_hypothesis_internal_use_settings")


def _fail_smaller(machine: type[StoreMachine], failed: StoreMachine, error: Exception) -> None:
    """Raise what the smallest test raises that fails alike; it was told of."""
    seed = failed.cluster.config.seed
    lines = fewer(machine, failed.steps_told, seed, type(error))
    again = machine(seed=seed)
    again.searching = True
    again.steps_told = list(lines)
    try:
        call(again, lines, scope_of(machine))
    except Exception as found:
        if type(found) is type(error):
            found.__notes__ = [failure.tell(again, found)]
            raise found from None
    error.add_note(failure.tell(failed, error))
    raise error


@cache
def _test_case(machine: type[StoreMachine]) -> type[unittest.TestCase]:
    class StoreTestCase(unittest.TestCase):
        settings: ClassVar[Settings | None] = None
        """None: those of the session's profile."""
        machine_class = machine

        def runTest(self) -> None:  # noqa: N802 - unittest's name
            run(machine, self.settings)

        runTest.is_hypothesis_test = True  # type: ignore[attr-defined]  # as hypothesis' own machines say it

    StoreTestCase.__name__ = StoreTestCase.__qualname__ = f"{machine.__name__}.TestCase"
    StoreTestCase.__module__ = machine.__module__
    return StoreTestCase
