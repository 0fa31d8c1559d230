"""How a transcript says things: states, contexts, messages, answers. One line each, exact, the same every time."""

from collections.abc import Callable
from typing import Any

from checkers.wording import dot_name, quote, vector_text
from dynamo.core import messages as m
from dynamo.core.context import decode_context
from dynamo.core.membership import Table, decode_table
from dynamo.core.messages import Operated, Request, Response
from dynamo.core.siblings import Siblings, Version
from histories.text import to_text

_PLAIN = frozenset("-_.:/+#@%")


def text(data: bytes) -> str:
    """A key or a value; in quotes where it is not one plain word."""
    shown = to_text(data)
    plain = 0 < len(shown) <= 40 and shown.isascii() and all(c.isalnum() or c in _PLAIN for c in shown)
    return shown if plain else quote(shown)


def duration(span_us: int) -> str:
    """``250 us``, ``100 ms``, ``2.5 s``."""
    if span_us % 1_000:
        return f"{span_us} us"
    return f"{span_us // 1_000} ms" if abs(span_us) < 1_000_000 else f"{span_us / 1_000_000:g} s"


def version(found: Version, policy: str) -> str:
    """One version: its value, its name, and what its policy decides by."""
    value = "deleted" if found.value is None else text(found.value)
    if policy == "vv":
        return f"{value} {vector_text(dict(found.clock))}"
    stamp = f" at {duration(found.stamp_us)}" if policy == "lww" else ""
    return f"{value} {dot_name(found.dot)}{stamp}"


def state(found: Siblings | None, policy: str) -> str:
    """What a copy holds."""
    if found is None:
        return "cannot tell"
    if not found.versions and not found.context:
        return "nothing"
    versions = ", ".join(version(each, policy) for each in found.versions)
    held = f"[{versions}]" if found.versions else "deleted"
    return held if policy != "dvv" else f"{held} seen {vector_text(found.context)}"


def request(asked: Request) -> str:
    """A client's request."""
    value = f"={text(asked.value)}" if asked.kind == m.PUT else ""
    return f"{asked.kind} {text(asked.key)}{value}"


def answer(asked: Request, told: Response) -> str:
    """A request and its answer."""
    if told.status != m.OK:
        return f"{request(asked)}: {told.status} ({told.reason})"
    shown = ", ".join(f"{text(value)} {dot_name(dot)}" for value, dot in zip(told.values, told.dots, strict=True))
    context = f"context {vector_text(decode_context(told.context))}"
    if asked.kind == m.GET:
        return (
            f"{request(asked)}: ok [{shown}], {context}" if told.values else f"{request(asked)}: ok, nothing, {context}"
        )
    named = f" {dot_name(told.dot)}" if told.dot is not None else ""
    alone = told.dots == ((told.dot,) if told.dot is not None else ())
    return f"{request(asked)}: ok{named}, " + (context if alone else f"siblings [{shown}], {context}")


def table(found: Table) -> str:
    """A membership table: who is in the ring, and how that is to change."""
    if not found.cluster:
        return "in no ring"
    plan = found.plan
    told = f"epoch {found.epoch}: {', '.join(found.names)}"
    if plan is None:
        return told
    gone = f", without {', '.join(plan.gone)}" if plan.gone else ""
    return f"{told}; {plan.what}, driven by {plan.driver}, phase {plan.phase}{gone}"


def operated(told: Operated) -> str:
    """A node's answer to an order."""
    if told.status != m.OK:
        return f"{told.status}: {told.reason}"
    reason = "ok" if told.plan.startswith(told.reason) else told.reason
    known = f"epoch {told.epoch}: {', '.join(told.members)}" if told.members else ""
    return "; ".join(part for part in (reason, known, told.plan) if part)


def message(found: Any, policy: str) -> str:
    """A message: its kind, and what it is about."""
    kind = type(found).__name__
    tell = _ABOUT.get(type(found))
    about = tell(found, policy) if tell is not None else ""
    return f"{kind} {about}" if about else kind


def _replicate(found: m.Replicate, policy: str) -> str:
    hint = f" for {found.owner}" if found.owner else ""
    memory = "" if found.durable else ", memory will do"
    return f"{text(found.key)}{hint} {state(found.state, policy)}{memory}"


def _record(found: m.TreeRecord, policy: str) -> str:
    return f"{text(found.key)} {state(found.state, policy)}" + (", yours is wanted" if found.wanted else "")


def _announce(found: m.Announce, _: str) -> str:
    known = decode_table(found.table)
    plan = known.plan
    if plan is None:
        return table(known)
    released = f" in place of {', '.join(plan.released)}" if plan.released else ""
    return f"{table(known)} ({plan.id}{released})"


_ABOUT: dict[type, Callable[[Any, str], str]] = {
    m.Replicate: _replicate,
    m.ReadReply: lambda found, policy: state(found.state, policy),
    m.TreeRecord: _record,
    m.Handoff: lambda found, policy: "; ".join(f"{text(key)} {state(each, policy)}" for key, each in found.records),
    m.Forward: lambda found, _: request(found.request),
    m.Forwarded: lambda found, _: "refused" if found.refused else found.response.status,
    m.Response: lambda found, _: found.status,
    m.TreeLeaves: lambda found, _: ", ".join(text(key) for _, _, keys in found.leaves for key in keys),
    m.Read: lambda found, _: text(found.key),
    m.ReapQuery: lambda found, _: text(found.key),
    m.ReapVote: lambda found, _: "yes" if found.yes else "no",
    m.Reap: lambda found, _: text(found.key),
    m.Hello: lambda found, _: f"from boot {found.generation}, heartbeat {found.beat}",
    m.Welcome: lambda found, _: f"boot {found.generation}, heartbeat {found.beat}; {table(decode_table(found.table))}",
    m.Announce: _announce,
    m.Progress: lambda found, _: f"{found.plan} {found.phase}",
    m.LetIn: lambda found, _: found.name,
    m.TransferPull: lambda found, _: f"partition {found.partition} from leaf {found.leaf} on",
    m.TransferPage: lambda found, _: ", ".join(text(key) for key, _ in found.entries) or "no keys",
    m.TransferFetch: lambda found, _: ", ".join(text(key) for key in found.keys),
    m.TransferRecords: lambda found, policy: "; ".join(
        f"{text(key)} {state(each, policy)}" for key, each in found.records
    ),
    m.Operated: lambda found, _: found.status,
}
"""What is told of a message besides its kind, where anything is."""
