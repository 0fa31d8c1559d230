"""The entry point: finds the verb, and turns whatever happens into one line and an exit code.

It imports neither pydantic nor the simulator: `kept --help` starts in a fraction of a second.
"""

import errno
import os
import sys
import traceback
from difflib import get_close_matches
from importlib import import_module

import click

import kept
from kept.cli import exits

VERBS: dict[str, tuple[str, str]] = {
    "run": ("kept.cli.run", "One simulated run: cluster, workload, faults, history, verdicts."),
    "fuzz": ("kept.cli.fuzz", "Many runs within a budget, each of another cluster; saves what violates."),
    "shrink": ("kept.cli.shrink", "Make a failing schedule smaller: fewer operations, faults, nodes, messages."),
    "scenario": ("kept.cli.scenario", "Transcripts: commands and a cluster's answers, compared or written anew."),
    "explore": ("kept.cli.explore", "Every interleaving of a small cluster of real nodes, within budgets of faults."),
    "check": ("kept.cli.check", "Judge recorded histories, of this store or any other."),
    "prove": ("kept.cli.prove", "Prove or refute a quorum configuration: for all sizes, in milliseconds."),
    "predict": ("kept.cli.predict", "Predict how stale reads will be, from the delays of messages."),
    "replay": ("kept.cli.replay", "Run a saved schedule again: SAME, FAILED, FIXED or DIVERGED."),
}
"""verb -> the module whose `command` it is, and what the overview says of it."""
_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
"""What a write to an open file may fail with through nobody's bug; Python names no file then."""


class Verbs(click.Group):
    """A group that loads a verb's module when the verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        found = import_module(VERBS[cmd_name][0]).command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise click.UsageError(f"verb: {args[0]!r}; accepted: {', '.join(VERBS)}{_near(args[0], list(VERBS))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, about) for name, (_, about) in VERBS.items()])


@click.group(
    cls=Verbs,
    name="kept",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 holds, 1 violated, 2 unknown, 3 diverged, 64 usage, 70 bug.",
)
@click.version_option(kept.__version__, prog_name="kept", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(debug: bool) -> None:
    """A Dynamo store under a simulated world, and the judge that says whether it kept its promises."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code. `arguments` default to the process's own."""
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given
    try:
        code = command.main(args=[a for a in given if a != "--debug"], prog_name="kept", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # click itself exits, with 1, where nobody reads any more
        # Python flushes standard output once more at its exit, which would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.PIPE_CLOSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("kept: interrupted", err=True)
        return exits.INTERRUPTED
    except Exception as error:  # whatever it is, the user gets one line
        return _told(error, debug)
    return code if isinstance(code, int) else exits.HOLDS


def _told(error: Exception, debug: bool) -> int:
    """Say what went wrong in one line; returns the exit code."""
    if debug:
        traceback.print_exception(error)
    message = _usage(error)
    if message is not None:
        click.echo(f"kept: {_one_line(message)}", err=True)
        return exits.USAGE
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"
    hint = "" if debug else " (--debug shows the traceback)"
    click.echo(f"kept: a bug in kept: {type(error).__name__} at {where}: {_one_line(str(error))}{hint}", err=True)
    return exits.BUG


def _usage(error: Exception) -> str | None:
    """The line for a mistake of the user's; None where it is not one."""
    if isinstance(error, click.ClickException):
        return _click_line(error)
    # The error types of the verbs are known only if a verb has been loaded.
    for module, name in (("kept.lab.usage", "UsageError"), ("histories.errors", "HistoryError")):
        if module in sys.modules and isinstance(error, getattr(sys.modules[module], name)):
            return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}; accepted: a file or directory that can be read and written"
    if isinstance(error, OSError) and error.errno in _MACHINE:
        return f"a write failed: {error.strerror}; accepted: a disk that takes it; what was written before is left"
    return None


def _click_line(error: click.ClickException) -> str:
    """One line in the words of the other messages."""
    if isinstance(error, click.NoSuchOption):
        accepted = _flags(error.ctx.command) if error.ctx is not None else []
        return f"{error.option_name}: no such flag; accepted: see --help{_near(error.option_name, accepted)}"
    if isinstance(error, click.BadOptionUsage):
        return f"{error.option_name}: no value; accepted: see --help"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return f"no verb; accepted: {', '.join(VERBS)}, --help, --version"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"{error.param.make_metavar(error.ctx or click.Context(command))}: missing; accepted: see --help"
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{error.param.opts[0]}: {error.message}"
    return f"{error.format_message()}; accepted: see --help"


def _flags(verb: click.Command) -> list[str]:
    return [name for parameter in verb.params for name in (*parameter.opts, *parameter.secondary_opts)]


def _near(found: str, accepted: list[str]) -> str:
    close = get_close_matches(found, accepted, 1)
    return f"; did you mean {close[0]}?" if close else ""


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
