"""Speaking to one cluster, line by line."""

from collections.abc import Callable

import pytest

from kept.scenario.interpreter import Interpreter
from kept.scenario.stage import Stage


class Talk:
    """`say(line, ...)` returns the answer to the last line."""

    def __init__(self) -> None:
        self.interpreter = Interpreter()

    def say(self, *lines: str) -> list[str]:
        answer: list[str] = []
        for line in lines:
            answer = self.interpreter.perform(line)
        return answer

    @property
    def stage(self) -> Stage:
        assert self.interpreter.scene is not None
        return self.interpreter.scene.stage


@pytest.fixture
def talk() -> Callable[..., Talk]:
    """`talk("cluster nodes=3", ...)`: a conversation that has begun with these lines."""

    def begin(*lines: str) -> Talk:
        talk = Talk()
        talk.say(*(lines or ("cluster",)))
        return talk

    return begin
