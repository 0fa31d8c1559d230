"""`kept check`: verdicts over recorded histories, of this store or any other."""

import re
import time
from pathlib import Path
from typing import Any

import click

from checkers import witness
from histories.codecs.jepsen import Options
from kept.cli import exits
from kept.cli.console import Console
from kept.judge.files import judge_files
from kept.judge.question import MODEL_NAMES, Limits, Question, asked
from kept.judge.report import CheckReport
from kept.lab.usage import UsageError, shown, unknown
from kept.report import checked

NIL = ("absent", "unknown")
GRAPHS = (".dot", ".gv", ".graphml")
_UNITS_BYTES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
LEAST_BYTES = 64 << 20
"""An interpreter with arrays holds that much by itself."""


@click.command("check")
@click.argument("histories", nargs=-1, metavar="HISTORY...")
@click.option("--model", metavar="|".join(MODEL_NAMES), help="What the objects are.  [default: guessed, and told]")
@click.option("--initial", metavar="VALUE", help='What they held at first: nil, 0, "text", {x 0}.  [default: nothing]')
@click.option("--level", "levels", multiple=True, metavar="NAME", help="Judge this level.  [default: linearizable]")
@click.option("--ladder", is_flag=True, help="Judge every level, and tell the strongest that hold.")
@click.option("--staleness", is_flag=True, help="Measure how stale reads were: docs/staleness.md.")
@click.option("--nil", metavar="absent|unknown", default="absent", help="A completed read of nil.  [default: absent]")
@click.option("--keyed/--not-keyed", default=None, help="Whether Jepsen's values are pairs [key value].")
@click.option("--budget", metavar="TIME", help="Stop after this real time, such as 60s: the rest is unknown.")
@click.option("--max-mem", metavar="SIZE", help="Memory of each process, such as 500M or 2G: beyond is unknown.")
@click.option("--against-model", metavar="TRACE", help="Hold a trace of steps against the abstract protocol instead.")
@click.option("--explain", is_flag=True, help="Tell violations from operation to operation, and draw them over time.")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--graph", metavar="PATH", help="Write the order around each violation: FILE.dot or FILE.graphml.")
@click.option("--junit", metavar="PATH", help="Write a JUnit report.")
@click.option("--quiet", is_flag=True, help="Print only the verdict.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
def command(json: bool, quiet: bool, color: str, histories: tuple[str, ...], **given: Any) -> int:
    """Judge recorded histories: Jepsen's EDN, JSON or log, this store's history.jsonl, or one operation a row as JSON
    lines, CSV or Parquet. The format is told by the content. See docs/checking.md."""
    began_s = time.monotonic()
    console = Console(json, quiet, color)
    if given["against_model"] is not None:
        return _against_model(given["against_model"], histories, console)
    if not histories:
        raise UsageError("HISTORY...: missing; accepted: one file or more, see --help")
    question = _asked(given)
    junit = None if given["junit"] is None else _report_path(given["junit"])
    graph = None if given["graph"] is None else _graph_path(given["graph"])
    report = judge_files(histories, question, began_s)
    duration_s = time.monotonic() - began_s
    code = exits.exit_code(report.verdict, report.stopped == "interrupted")
    if junit is not None:
        _write_junit(junit, report, duration_s)
    if graph is not None and not _write_graph(graph, report):
        console.say(f"  no graph: nothing is violated, {graph} is not written", "")
    _print(report, console, given["explain"], duration_s)
    if json:
        from kept.report.checkdocument import check_document  # noqa: PLC0415 - words do not need it

        console.document(check_document(report, code, duration_s).model_dump_json(indent=1))
    return code


def _against_model(name: str, histories: tuple[str, ...], console: Console) -> int:
    """See docs/conformance.md."""
    from kept.judge.conforming import judged, lines  # noqa: PLC0415 - only where it is asked for

    if histories:
        raise UsageError(f"--against-model: {len(histories)} histories beside it; accepted: the trace alone")
    verdict = judged(name)
    said, last = lines(verdict)
    console.say(*said, "")
    console.tell(last)
    code = exits.exit_code(verdict.verdict)
    console.document(verdict.model_copy(update={"exit_code": code}).model_dump_json(indent=1))
    return code


def _asked(given: dict[str, Any]) -> Question:
    nil = given["nil"]
    if nil not in NIL:
        raise unknown("--nil", nil, list(NIL))
    limits = Limits(_budget_s(given["budget"]), _size_bytes(given["max_mem"]))
    options = Options(nil=nil, keyed=given["keyed"])
    return asked(
        given["model"],
        given["initial"],
        given["levels"],
        given["ladder"],
        options,
        limits,
        given["staleness"],
        given["graph"] is not None,
    )


def _budget_s(text: str | None) -> float | None:
    if text is None:
        return None
    from kept.cli.arguments import parse_budget  # noqa: PLC0415 - it loads the workbench

    return parse_budget(text)


def _size_bytes(text: str | None) -> int | None:
    """``500M``, ``2G``, or a bare number of bytes."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,15})(K|M|G|)(?:i?B)?", text, re.ASCII | re.IGNORECASE)
    size = int(match[1]) * _UNITS_BYTES[match[2].upper()] if match else 0
    if size < LEAST_BYTES:
        raise UsageError(f"--max-mem: {shown(text)}; accepted: a size from 64M, such as 500M or 2G")
    return size


def _report_path(given: str) -> Path:
    from kept.cli.arguments import checked_report  # noqa: PLC0415 - it loads the workbench

    return checked_report(given)


def _write_junit(path: Path, report: CheckReport, duration_s: float) -> None:
    from kept.report.checkdocument import cases  # noqa: PLC0415 - words do not need it
    from kept.report.junit import junit  # noqa: PLC0415

    story = report.explain() if report.verdict == "invalid" else ""
    path.write_text(junit("check", cases(report), duration_s, story), encoding="utf-8")


def _graph_path(given: str) -> Path:
    path = Path(given)
    if path.suffix not in GRAPHS or "\0" in given:
        accepted = " or ".join(f"*{ending}" for ending in GRAPHS)
        raise UsageError(f"--graph: {shown(given)}; accepted: a file named like {accepted}")
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(f"--graph: {shown(given)}; accepted: a file in a directory that exists")
    return path


def _write_graph(path: Path, report: CheckReport) -> bool:
    """Write the graphs of all violations; False where there is none."""
    if not report.graphs:
        return False
    write = witness.graphml if path.suffix == ".graphml" else witness.dot
    path.write_text(write(report.graphs), encoding="utf-8")
    return True


def _print(report: CheckReport, console: Console, explain: bool, duration_s: float) -> None:
    if len(report.histories) == 1:
        console.say(*checked.one_history(report.histories[0], explain), "")
    else:
        console.say(*checked.many_histories(report, explain), "")
    console.tell(checked.last_line(report, duration_s))
