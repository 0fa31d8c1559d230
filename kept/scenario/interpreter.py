"""The language: finds each line's command, and owns the scene that the commands work on."""

import shlex
from collections.abc import Callable, Iterable

from kept.scenario import asking, faulting, operating, showing, timing
from kept.scenario.command import Command, Scene, exactly
from kept.scenario.config import ClusterConfig, cluster_of
from kept.scenario.failing import ScenarioError, unknown_word

MAX_LINE_CHARS = 1_000


class Interpreter:
    """Carries out the commands of one transcript, line by line."""

    def __init__(self) -> None:
        self.scene: Scene | None = None
        self._carried_out: list[tuple[str, list[str]]] = []
        """Every line since the last ``cluster``, and its answer."""

    def perform(self, line: str) -> list[str]:
        """Carry out one line; its answer, at least one line long. Raises `ScenarioError`."""
        words = _words(line)
        name, rest = _command_name(words)
        answer = list(_OWN[name][2](self, rest)) if name in _OWN else self._carry_out(COMMANDS[name], rest)
        assert answer, f"`{line}` says nothing"
        if name != AGAIN:
            self._carried_out.append((line, answer))
        return answer

    def _carry_out(self, command: Command, words: list[str]) -> list[str]:
        scene = self.scene
        if scene is None:
            raise ScenarioError("there is no cluster yet; begin with `cluster`")
        if not command.looks:
            scene.rest = None
        scene.stage.said.clear()
        told = list(command.run(scene, words))
        said = list(scene.stage.said)
        return said + told or ["ok"]

    # Commands that change the scene itself

    def _cluster(self, words: list[str]) -> Iterable[str]:
        return self._begin(cluster_of(words))

    def _bug(self, words: list[str]) -> Iterable[str]:
        (name,) = exactly(words, 1, "bug NAME")
        if self.scene is None or len(self._carried_out) != 1:
            raise ScenarioError("bug: stands right after `cluster`")
        line = self._carried_out[0]
        config = cluster_of([f"bug={name}"], self.scene.stage.config)
        self._begin(config)
        self._carried_out.append(line)
        return [f"with the bug {name}"]

    def _begin(self, config: ClusterConfig) -> list[str]:
        self.scene = Scene(config)
        self._carried_out = []
        names = " | ".join(", ".join(ring) for ring in config.rings or (config.nodes,))
        quorum = f"N={config.n} R={config.r} W={config.w}"
        return [f"{names}: {quorum}, {'sloppy' if config.sloppy else 'strict'}, {config.versions}"]

    def _again(self, words: list[str]) -> Iterable[str]:
        """Everything since ``cluster`` once more on a cluster with one thing changed; what is answered otherwise."""
        if self.scene is None or len(self._carried_out) < 2:
            raise ScenarioError("again: there is nothing to carry out again")
        changes, bug = _changes(words, self.scene.stage.config)
        other = Interpreter()
        lines = [entry for entry in self._carried_out[1:] if not entry[0].startswith("bug ")]
        other._begin(cluster_of([*changes, f"bug={bug}"], self.scene.stage.config))
        answers: list[str] = []
        differ = 0
        for line, before in lines:
            after = other.attempt(line)
            if after != before:
                differ += 1
                answers += [f"> {line}", *(f"  {each}" for each in after)]
        if not differ:
            raise ScenarioError("again: every command is answered as before; what was changed does not show")
        return [*answers, f"({len(lines) - differ} of {len(lines)} commands are answered as before)"]

    def attempt(self, line: str) -> list[str]:
        """As `perform`; where the line does not apply, that is the answer."""
        try:
            return self.perform(line)
        except ScenarioError as error:
            return [f"does not apply: {error}"]


AGAIN = "again"
_OWN: dict[str, tuple[str, str, Callable[[Interpreter, list[str]], Iterable[str]]]] = {
    "cluster": ("[FIELD=VALUE...]", "A new cluster, booted and at rest.", Interpreter._cluster),
    "bug": ("NAME", "Seed a bug of the zoo into it; right after `cluster`.", Interpreter._bug),
    AGAIN: (
        "without the bug | with FIELD=VALUE...",
        "Everything since `cluster` on another cluster; shows what is answered otherwise.",
        Interpreter._again,
    ),
}
COMMANDS: dict[str, Command] = {
    command.name: command for family in (asking, operating, faulting, timing, showing) for command in family.COMMANDS
}
"""Every command that works on a scene."""


def vocabulary() -> list[tuple[str, str]]:
    """Each command with its words, and what it does."""
    own = [(f"{name} {usage}", about) for name, (usage, about, _) in _OWN.items()]
    return own + [(f"{name} {each.usage}".rstrip(), each.about) for name, each in COMMANDS.items()]


def _words(line: str) -> list[str]:
    if len(line) > MAX_LINE_CHARS:
        raise ScenarioError(f"a line of {len(line)} characters; accepted: up to {MAX_LINE_CHARS}")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ScenarioError(
            f"{line}: {str(error).lower()}; accepted: words, in quotes where they hold spaces"
        ) from None
    if not words:
        raise ScenarioError("an empty command")
    return words


def _command_name(words: list[str]) -> tuple[str, list[str]]:
    if words[0] not in COMMANDS and words[0] not in _OWN:
        raise unknown_word("command", words[0], [*_OWN, *COMMANDS])
    return words[0], words[1:]


def _changes(words: list[str], config: ClusterConfig) -> tuple[list[str], str]:
    """What ``again`` changes: fields of the cluster, and the bug that stays."""
    if words == ["without", "the", "bug"]:
        if not config.bug:
            raise ScenarioError("again: the cluster has no bug")
        return [], ""
    if words[:1] == ["with"] and len(words) > 1:
        return words[1:], config.bug
    raise ScenarioError(f"again {' '.join(words)}; accepted: again without the bug, again with FIELD=VALUE...")
