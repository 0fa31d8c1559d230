"""Ways to break a protocol: a guard that is not waited for, or asks for less; an update that does something else."""

from collections.abc import Callable
from dataclasses import replace

from model.abstract.logic import Formula
from model.abstract.protocol import Guard, Protocol, Update

Change = Callable[[Protocol], Protocol]


def without(action: str, guard: str) -> Change:
    """The protocol where `action` does not wait for `guard`."""
    return lambda protocol: protocol.without_guard(action, guard)


def guarded(action: str, guard: str, formula: Formula) -> Change:
    """The protocol where `guard` of `action` asks for `formula` instead."""

    def change(protocol: Protocol) -> Protocol:
        old = protocol.action(action)
        guards = tuple(Guard(g.name, formula, g.sentence) if g.name == guard else g for g in old.guards)
        assert guards != old.guards, f"{action} has no guard {guard!r} that says otherwise"
        return protocol.with_action(replace(old, guards=guards))

    return change


def updated(action: str, *updates: Update) -> Change:
    """The protocol where `action` makes these `updates` of their relations instead of its own."""

    def change(protocol: Protocol) -> Protocol:
        old = protocol.action(action)
        names = {update.relation.name: update for update in updates}
        kept: list[Update] = [names.pop(u.relation.name, u) for u in old.updates]
        assert not names, f"{action} does not update {list(names)}"
        return protocol.with_action(replace(old, updates=tuple(kept)))

    return change


def both(one: Change, other: Change) -> Change:
    return lambda protocol: other(one(protocol))


def without_axiom(name: str) -> Change:
    return lambda protocol: replace(protocol, axioms=tuple(a for a in protocol.axioms if a.name != name))
