"""`kept scenario`: transcripts of commands and a cluster's answers, carried out and compared, or written anew."""

from pathlib import Path

import click

from kept.cli import exits
from kept.cli.console import Console
from kept.lab.usage import UsageError
from kept.report.scenario import document_of, words_of
from kept.scenario.interpreter import vocabulary
from kept.scenario.transcript import Performed, load, perform


@click.command("scenario")
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("--rewrite", is_flag=True, help="Write the answers into the files, to be reviewed as text.")
@click.option("--commands", is_flag=True, help="Print the commands of the language.")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--quiet", is_flag=True, help="Print only what differs.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
def command(files: tuple[str, ...], rewrite: bool, commands: bool, json: bool, quiet: bool, color: str) -> int:
    """Carry out the commands of each FILE on a cluster in your hands, and compare its answers with those in the file.

    Exit 0 where they are the same, 1 where some differ. All files are carried out before any is written.
    """
    console = Console(json, quiet, color)
    if commands:
        words = vocabulary()
        console.tell(*(line for usage, about in words for line in (usage, f"    {about}")))
        return exits.HOLDS
    if not files:
        raise UsageError("FILE...: missing; accepted: files such as tests/scenarios/hinted_handoff.txt")
    performed = [perform(load(Path(name), rewrite=rewrite)) for name in files]
    written = _write(performed) if rewrite else ()
    differ = not rewrite and any(each.differences for each in performed)
    exit_code = exits.VIOLATED if differ else exits.HOLDS
    document = document_of(performed, exit_code=exit_code, rewritten=written if rewrite else None)
    said, differences = words_of(document, performed)
    console.tell(*differences)
    console.say(*said)
    console.document(document.model_dump_json(indent=1))
    return exit_code


def _write(performed: list[Performed]) -> tuple[Path, ...]:
    """Write the files whose text has changed."""
    changed = []
    for each in performed:
        path, text = each.transcript.path, each.text()
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return tuple(changed)
