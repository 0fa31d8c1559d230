"""kept.testing.machine: hypothesis drives a cluster; what fails shrinks to few rules that can be run and replayed."""

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from kept.lab.replay import replay
from kept.lab.schedule import load_schedule
from kept.testing.failure import Failure
from kept.testing.machine import FAULTS, StoreMachine, clients, run
from kept.testing.profiles import settings_of
from kept.testing.session import Session, under
from kept.testing.violation import Violation

FEW = settings(settings_of("pr"), max_examples=10)


class LastWriterWins(StoreMachine):
    config: ClassVar[Any] = {"versions": "lww", "nodes": 3, "partitions": 4}
    claims = ("no-lost-write",)
    faults = ("crash",)


class HidesSiblings(StoreMachine):
    faults = ()
    config: ClassVar[Any] = {"bug": "hidden-sibling"}


class Failed(NamedTuple):
    """A machine that failed."""

    error: AssertionError
    found: Failure

    @property
    def rules(self) -> list[str]:
        """The calls of the smallest example."""
        *calls, last = [line.strip() for line in self.found.test.splitlines() if "state." in line]
        assert last == "state.teardown()"
        return calls


def failing(machine: type[StoreMachine], folder: Path, shrinks: bool = False) -> Failed:
    """Run a machine that must fail; where hypothesis does not shrink, only lines are taken out."""
    phases = (Phase.generate, Phase.shrink) if shrinks else (Phase.generate,)
    with under(Session(artifacts=folder)) as session, pytest.raises(AssertionError) as caught:
        run(machine, settings(settings_of("pr"), stateful_step_count=12, phases=phases))
    (found,) = session.failures
    return Failed(caught.value, found)


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Failed:
    return failing(LastWriterWins, tmp_path_factory.mktemp("lost"), shrinks=True)


# A sound store


def test_the_store_keeps_its_promises_under_everything_that_the_machine_does() -> None:
    run(StoreMachine, FEW)


@pytest.mark.parametrize("fields", [{"nodes": 3, "sloppy": False}, {"versions": "lww"}, {"r": 1, "w": 1}])
def test_other_configurations_keep_what_they_promise(fields: dict[str, Any]) -> None:
    run(type("Configured", (StoreMachine,), {"config": fields}), settings(FEW, max_examples=3))


def test_every_rule_is_met() -> None:
    met: Counter[str] = Counter()

    class Counting(StoreMachine):
        def teardown(self) -> None:
            met.update(getattr(step, "kind", step.do) for step in self.cluster.steps)
            super().teardown()

    run(Counting, settings(FEW, max_examples=25, stateful_step_count=40))
    kinds = {"crash", "pause", "lost-disk", "clock-jump", "partition", "one-way-partition", "loss"}
    wanted = kinds | {"join", "leave", "remove", "get", "put", "delete", "pass", "end"}
    assert wanted - set(met) == set()
    asked = sum(met[kind] for kind in ("get", "put", "delete"))
    assert asked > met.total() / 4, "clients are not drowned by faults"


def test_faults_that_are_not_wanted_do_not_happen() -> None:
    met: Counter[str] = Counter()

    class Calm(StoreMachine):
        faults = ("crash",)

        def teardown(self) -> None:
            met.update(getattr(step, "kind", step.do) for step in self.cluster.steps)
            super().teardown()

    run(Calm, FEW)
    assert set(met) <= {"crash", "get", "put", "delete", "pass", "end"}
    assert met["crash"]
    assert set(FAULTS) > {"crash"}


# What fails is small


def test_a_lost_update_shrinks_to_two_puts_of_one_client(lost: Failed) -> None:
    assert isinstance(lost.error, Violation)
    assert lost.error.claim == "no-lost-write"
    calls = [rule.partition(" = ")[2] for rule in lost.rules]  # the names of answers are hypothesis's own
    assert calls == ["state.put(client=0, key='k0')"] * 2


def test_a_broken_read_is_raised_by_the_rule_that_made_it_and_is_small(tmp_path: Path) -> None:
    hidden = failing(HidesSiblings, tmp_path)
    assert isinstance(hidden.error, Violation)
    assert hidden.error.claim == "honest-contexts"
    assert len(hidden.rules) <= 5, hidden.rules
    assert ".get(" in hidden.rules[-1]


def test_the_schedule_replays_and_the_printed_test_fails_alike(lost: Failed, tmp_path: Path) -> None:
    assert replay(load_schedule(lost.found.directory)).result == "FAILED"
    (test,) = lost.found.directory.glob("test_*.py")
    assert test.read_text(encoding="utf-8") == lost.found.test
    made: dict[str, Any] = {}
    exec(compile(lost.found.test, str(test), "exec"), made)  # noqa: S102
    with under(Session(artifacts=tmp_path)), pytest.raises(Violation) as caught:
        made["test_last_writer_wins_no_lost_write"]()
    assert str(caught.value) == str(lost.error)


def test_hypothesis_prints_all_of_it(lost: Failed) -> None:
    printed = "\n".join(lost.error.__notes__)
    assert lost.found.replay in printed
    assert lost.found.test.strip() in printed
    assert all(line in printed for line in lost.rules)


# An application


class Register(StoreMachine):
    """An application that takes the first sibling for the only one."""

    keys = ()
    faults = ()

    def begin(self) -> None:
        self.last = b""

    @rule(client=clients(), value=st.sampled_from("ab"))
    def write(self, client: int, value: str) -> None:
        self.last = f"{value}{self.written}".encode()
        self.written += 1
        assert self.cluster.put("register", self.last, client=client).ok

    def at_rest(self) -> None:
        values = self.cluster.get("register").values
        assert values[:1] in ((), (self.last,)), "the last write is not read"


def test_an_application_makes_its_own_requests_and_its_own_mistakes(tmp_path: Path) -> None:
    error, found = failed = failing(Register, tmp_path)
    assert not isinstance(error, Violation)
    assert [line.partition("(")[0] for line in failed.rules] == ["state.write"] * 2
    assert "the last write is not read" in found.sentence
    assert found.sentence.endswith("The store kept what it promises.")
    assert set(found.verdicts.values()) == {"valid"}
    assert replay(load_schedule(found.directory)).result == "SAME"


# Seeds


def steps_of(seed: int) -> list[Any]:
    """What a machine does under a seed."""
    done: list[Any] = []

    class Seen(StoreMachine):
        def teardown(self) -> None:
            done.append(self.cluster.steps)
            super().teardown()

    with under(Session(seed=seed)):
        run(Seen, settings(FEW, max_examples=3))
    return done


def test_one_seed_repeats_and_two_differ() -> None:
    assert steps_of(1) == steps_of(1)
    assert steps_of(1) != steps_of(2)


def test_the_seed_of_a_machine_can_be_fixed_by_its_author() -> None:
    import hypothesis

    done: list[Any] = []

    @hypothesis.seed(5)
    class Fixed(StoreMachine):
        def teardown(self) -> None:
            done.append(self.cluster.steps)
            super().teardown()

    run(Fixed, settings(FEW, max_examples=2), seed=0)
    first, done[:] = list(done), []
    run(Fixed, settings(FEW, max_examples=2), seed=0)
    assert done == first
    assert Fixed._hypothesis_internal_use_seed == 5


def test_running_a_machine_leaves_nothing_on_its_class() -> None:
    run(StoreMachine, settings(FEW, max_examples=1))
    assert not [name for name in vars(StoreMachine) if name.startswith("_hypothesis_internal")]


def test_the_test_case_runs_under_settings_of_its_own() -> None:
    made = []

    class Once(StoreMachine):
        def begin(self) -> None:
            made.append(self)

    Once.TestCase.settings = settings(FEW, max_examples=1)
    Once.TestCase("runTest").debug()
    assert len(made) == 1
    assert Once.TestCase is Once.TestCase
    assert StoreMachine.TestCase.settings is None
