"""`kept predict`: how stale reads will be, from the command line to the exit code."""

import time
from typing import Any

import click

from checkers.wording import plural
from kept.cli import exits
from kept.cli.console import Console
from kept.cli.predicting import Asked, asked
from kept.predictor.predict import Prediction, predict
from kept.predictor.presets import PRESETS
from kept.report import predicted
from kept.report.junit import junit


@click.command("predict")
@click.option("--latencies", metavar="PRESET|FILE", help=f"Delays of messages: {', '.join(PRESETS)}, or a file.")
@click.option("--n", metavar="INT|A..B", help="Replicas of every key.  [default: 3]")
@click.option("--r", metavar="INT|A..B", help="Replies that a get waits for.  [default: 1]")
@click.option("--w", metavar="INT|A..B", help="Acknowledgements that a put waits for.  [default: 1]")
@click.option("--t", metavar="MS,...", help="How long after the acknowledgement the get starts.  [default: 0 to 1000]")
@click.option("--k", metavar="INT,...", help="How many puts a get may look back.  [default: 1,2,3,5]")
@click.option(
    "--writes-per-read", metavar="RATIO", help="Puts of a key between two gets of one client: do they go back?"
)
@click.option("--at-least", metavar="SHARE", help="At every --t so many gets, such as 99.9%, must be fresh: or exit 1.")
@click.option("--trials", metavar="INT", help="Puts and gets that are drawn.  [default: 1000000]")
@click.option("--seed", metavar="INT|last|git", help="The same seed draws the same.  [default: 0]")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--junit", metavar="PATH", help="Write a JUnit report.")
@click.option("--quiet", is_flag=True, help="Print only the last line.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
def command(json: bool, quiet: bool, color: str, **given: Any) -> int:
    """Predict how stale the reads of a configuration will be (probabilistically bounded staleness): how likely a get
    that starts t after the acknowledgement of the newest put returns it, when it surely does, how many puts a get may
    look back, and what R and W cost in latency.

    A FILE is JSON or CSV with the delays, in milliseconds, of W (a write to a replica and onto its disk), A (its
    acknowledgement), R (a read) and S (its reply). Failures are not in the model. See docs/staleness.md.
    """
    began_s = time.monotonic()
    console = Console(json, quiet, color)
    wanted = asked(given)
    found = predict(wanted.configs, wanted.delays.latencies, wanted.delays.name)
    duration_s = time.monotonic() - began_s
    code = exits.exit_code(predicted.verdict(found))
    _print(found, wanted, console, duration_s)
    if wanted.junit is not None:
        wanted.junit.write_text(junit("predict", predicted.demanded(found), duration_s, ""), encoding="utf-8")
    console.document(predicted.document(found, code, duration_s).model_dump_json(indent=1))
    return code


def _print(found: list[Prediction], wanted: Asked, console: Console, duration_s: float) -> None:
    console.say(*(predicted.story(found[0]) if len(found) == 1 else predicted.table(found)))
    console.say(*predicted.claim_lines(found), "")
    if wanted.left_out:
        console.say(f"  left out: {plural(wanted.left_out, 'combination')} with R or W above N")
    console.tell(predicted.last_line(found, duration_s))
