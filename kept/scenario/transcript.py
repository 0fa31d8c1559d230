"""The file of a scenario: comments, commands, and under each block of commands the answer (docs/scenarios.md).

    # what this is about

    put n1 cart milk
    ----
    put cart=milk: ok n1.0:0/1, context {n1.0:0/1}

A block is one or more lines of commands, a line of four hyphens, and the answers in their order, up to an empty line.
The idiom is cockroachdb's datadriven, and etcd raft's testdata.
"""

from difflib import ndiff
from pathlib import Path
from typing import NamedTuple

from kept.lab.usage import UsageError, shown
from kept.scenario.failing import ScenarioError
from kept.scenario.interpreter import Interpreter

RULE = "----"
MAX_BYTES = 1_000_000


class Block(NamedTuple):
    """Commands, and what they were answered when the file was written."""

    before: tuple[str, ...]
    """Comments and empty lines above it."""
    commands: tuple[tuple[int, str], ...]
    """Line number and command."""
    answer: tuple[str, ...]


class Transcript(NamedTuple):
    """A file, taken apart so that it can be put together again."""

    path: Path
    blocks: tuple[Block, ...]
    after: tuple[str, ...]
    """Comments and empty lines at the end."""


class Difference(NamedTuple):
    """A block that is answered otherwise than the file says."""

    path: Path
    line: int
    commands: tuple[str, ...]
    expected: tuple[str, ...]
    answer: tuple[str, ...]

    def lines(self) -> list[str]:
        """The difference as people read it: ``-`` is what the file says, ``+`` what the cluster answers."""
        compared = [line for line in ndiff(self.expected, self.answer) if not line.startswith("?")]
        return [f"{self.path}:{self.line}:", *(f"    {line}" for line in self.commands), f"    {RULE}"] + [
            f"  {line}".rstrip() for line in compared
        ]


class Performed(NamedTuple):
    """One transcript, carried out."""

    transcript: Transcript
    answers: tuple[tuple[str, ...], ...]
    """The answer of each block."""

    @property
    def commands(self) -> int:
        return sum(len(block.commands) for block in self.transcript.blocks)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Where the answers are not those of the file."""
        return tuple(
            Difference(
                self.transcript.path, block.commands[0][0], tuple(c for _, c in block.commands), block.answer, answer
            )
            for block, answer in zip(self.transcript.blocks, self.answers, strict=True)
            if block.answer != answer
        )

    def text(self) -> str:
        """The file with the answers of this run."""
        lines: list[str] = []
        for block, answer in zip(self.transcript.blocks, self.answers, strict=True):
            lines += [*block.before, *(command for _, command in block.commands), RULE, *answer]
        return "\n".join([*lines, *self.transcript.after]) + "\n"


def load(path: Path, *, rewrite: bool = False) -> Transcript:
    """Read a file. `UsageError` names the line that is wrong; with `rewrite`, answers may be missing."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{shown(str(path))}: more than {MAX_BYTES:,} bytes; accepted: a scenario")
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{shown(str(path))}: cannot be read: {error.strerror}; accepted: a scenario") from None
    except UnicodeDecodeError:
        raise UsageError(f"{shown(str(path))}: is not UTF-8; accepted: a scenario") from None
    return parse(source, path, rewrite=rewrite)


def parse(source: str, path: Path, *, rewrite: bool = False) -> Transcript:
    """Take a text apart, as `load` does."""
    lines = [line.rstrip() for line in source.splitlines()]
    blocks: list[Block] = []
    before: list[str] = []
    at = 0
    while at < len(lines):
        if not lines[at] or lines[at].startswith("#"):
            before.append(lines[at])
            at += 1
            continue
        start = at
        while at < len(lines) and lines[at] and lines[at] != RULE:
            at += 1
        commands = tuple((number + 1, lines[number]) for number in range(start, at))
        if not commands:
            raise _error(path, start + 1, f"{RULE} without a command above it", "a command, then its answer")
        ruled = at < len(lines) and lines[at] == RULE
        first = at = at + ruled
        while at < len(lines) and lines[at]:
            at += 1
        answer = tuple(lines[first:at]) if ruled else ()
        if not rewrite and not ruled:
            raise _error(
                path, start + 1, f"no line of {RULE} below {shown(lines[start])}", "a command, then its answer"
            )
        if not rewrite and not answer:
            raise _error(path, first, f"no answer below {RULE}", "what the cluster answers; --rewrite fills it in")
        blocks.append(Block(tuple(before), commands, answer))
        before = []
    if not blocks:
        raise _error(path, 1, "no command", "a scenario: commands and their answers")
    return Transcript(path, tuple(blocks), tuple(before))


def perform(transcript: Transcript) -> Performed:
    """Carry out all commands. `UsageError` where one of them is wrong, or cannot be carried out."""
    interpreter = Interpreter()
    answers: list[tuple[str, ...]] = []
    for block in transcript.blocks:
        said: list[str] = []
        for number, command in block.commands:
            try:
                said += interpreter.perform(command)
            except ScenarioError as error:
                raise UsageError(f"{shown(str(transcript.path))}:{number}: {error}") from None
        assert all(line.strip() and line == line.rstrip() for line in said), "an answer has no empty line"
        answers.append(tuple(said))
    return Performed(transcript, tuple(answers))


def _error(path: Path, line: int, found: str, accepted: str) -> UsageError:
    return UsageError(f"{shown(str(path))}:{line}: {found}; accepted: {accepted}")
