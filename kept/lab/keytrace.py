"""Everything that happened to one key, a line each, in the order of time: the longest form of an explanation."""

from collections.abc import Iterator

from checkers.wording import describe, dot_name, milliseconds, quote, vector_text
from dynamo.core.siblings import Siblings
from histories.operation import Operation
from histories.text import to_bytes, to_text
from kept.lab.facts import place_name
from kept.lab.trial import Trial
from kept.lab.watching import Changed, Happened, KeyWatch, Made, Sent

LIMIT_LINES = 20_000
_SHOWN_VERSIONS = 6


def key_trace(key: str, watch: KeyWatch, trial: Trial) -> tuple[str, ...]:
    """The trace; at most `LIMIT_LINES` lines, and it says where it breaks off."""
    rows = sorted(_rows(key, watch, trial), key=lambda row: row[0])
    lines = [f"{milliseconds(at_us):>14}  {text}" for at_us, text in rows[:LIMIT_LINES]]
    if len(rows) > LIMIT_LINES:
        lines.append(f"... and {len(rows) - LIMIT_LINES:,} lines more")
    return (f"What happened to {quote(key)}, and the faults around it:", "", *lines)


def _rows(key: str, watch: KeyWatch, trial: Trial) -> Iterator[tuple[int, str]]:
    """(time, text); equal times stay in the order in which they are given here."""
    stored = to_bytes(key)
    for event in watch.events:
        yield event.at_us, _event(event)
    for operation in trial.run.operations:
        if operation.key == key and operation.end_us is not None:
            yield operation.end_us, _end(operation)
    for operation in trial.run.operations:
        if operation.key == key:
            yield operation.start_us, f"{describe(operation)} begins, having seen {vector_text(operation.context)}"
    for made in watch.made.values():
        if made.key == stored:
            yield made.at_us, _made(made)
    for change in watch.changes:
        if change.key == stored:
            yield change.at_us, _change(change)
    for message in watch.messages:
        if message.key == stored:
            yield message.at_us, _message(message)


def _event(event: Happened) -> str:
    fields = event.fields
    nodes = fields.get("nodes") or ((fields["node"],) if "node" in fields else ())
    where = f" {', '.join(nodes)}" if nodes else ""
    pairs = " ".join(f"{a}>{b}" for a, b in fields.get("pairs", ()))
    lasting = f" for {milliseconds(fields['for_us'])}" if fields.get("for_us") else ""
    number = f" ({fields['number']:g})" if fields.get("number") else ""
    lost = f", {fields['lost_batches']} unsynced writes lost" if fields.get("lost_batches") else ""
    return f"** {event.name}{where}{' ' + pairs if pairs else ''}{number}{lasting}{lost}"


def _made(made: Made) -> str:
    clock = f", its clock {milliseconds(made.ahead_us)} ahead" if made.ahead_us else ""
    return f"{made.node} names the put {dot_name(made.dot)}{clock}"


def _change(change: Changed) -> str:
    how = "loses what was not synced" if change.crash else "writes"
    if change.before == change.after:
        return f"{place_name(change.place)} {how}: unchanged {_state(change.after)}"
    return f"{place_name(change.place)} {how}: {_state(change.after)} in place of {_state(change.before)}"


def _message(message: Sent) -> str:
    carried = f" {_state(message.state)}" if message.state is not None else ""
    return f"{message.sender} > {message.to}: {message.name}{carried}"


def _end(operation: Operation) -> str:
    found = ""
    if operation.kind == "get" and operation.outcome == "ok":
        values = ", ".join(quote(value) for value in operation.values[:_SHOWN_VERSIONS])
        found = f": [{values}] in context {vector_text(operation.seen)}"
    reason = f" ({quote(operation.reason)[1:-1]})" if operation.reason else ""
    return f"{describe(operation)} is {operation.outcome}{reason}{found}"


def _state(state: Siblings) -> str:
    if not state.versions and not state.context:
        return "nothing"
    versions = ", ".join(
        f"{dot_name(version.dot)}={'deleted' if version.value is None else quote(to_text(version.value))}"
        for version in state.versions[:_SHOWN_VERSIONS]
    )
    more = ", ..." if len(state.versions) > _SHOWN_VERSIONS else ""
    return f"[{versions}{more}] seen {vector_text(state.context)}"
