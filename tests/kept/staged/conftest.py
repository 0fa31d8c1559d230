"""A direction's run, and the same direction of the store without the bug."""

from collections.abc import Callable

import pytest

from kept.lab.direction import Direction
from kept.lab.replay import replay
from kept.lab.schedule import Schedule

Judged = tuple[tuple[str, ...], tuple[str, ...]]


@pytest.fixture
def judged() -> Callable[[Direction], Judged]:
    """What the run violates, and what the store without the bug violates under the same faults and intents."""

    def both(direction: Direction) -> Judged:
        case = direction.case()
        trial = direction.run()
        schedule = Schedule.model_validate_json(trial.schedule().text())
        assert replay(schedule).trial.violated == trial.violated, "what is saved is what was run"
        sound = case._replace(config=case.config.model_copy(update={"bug": ""}))
        return trial.violated, sound.run(tuple(trial.verdicts)).violated

    return both
