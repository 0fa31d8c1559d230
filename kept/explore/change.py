"""A change of membership among the steps of a scope: an operator asks for it, and intervals pass that carry it on.

Whatever a change needs beside messages happens when a handoff interval passes at a node: reports and announcements are
repeated, records are fetched and brought to where they belong. An interval passes at any node at any time while a
change is under way there, if anything comes of it: what would be sent but is under way already, or would change nothing
where it arrives, is left out, and with it the interval that does nothing else. Whatever was left out can be sent
later, as soon as it is of use. What was lost to a crash or a cut and is asked for again only after a while is asked for
when the cluster settles.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dynamo.core.membership import CLOSE
from dynamo.core.messages import Operate, Progress
from kept.explore.locals import LocalEvent, LocalStep
from kept.explore.state import WHOLE, State, Step

if TYPE_CHECKING:
    from kept.explore.system import Nodes

OPERATOR = "operator"


def begins(nodes: "Nodes", state: State) -> Iterator[tuple[Step, State]]:
    """The operator has the change made; who is to be removed dies for good in the same moment."""
    change = nodes.cluster.change
    if change is None or not state.left.changes:
        return
    at, subject = nodes.names.index(change.driver), nodes.names.index(change.node)
    facts = nodes.locals.facts
    if not facts[state.machines[at]].serving:
        return
    spent = state._replace(left=state.left._replace(changes=0))
    told = f"is told that {change.node} {'joins' if change.action == 'join' else 'leaves'}"
    if change.action == "remove":
        gone = nodes.locals.step(state.machines[subject], nodes.locals.event(LocalEvent("destroy")))
        spent = nodes.dead(spent, subject, gone)
        told = f"is told that {change.node} has died for good"
    elif not facts[state.machines[subject]].up:
        return
    request = Operate(OPERATOR, change.action, change.node)
    event = nodes.locals.event(LocalEvent("ask", client=OPERATOR, request=request))
    yield from nodes.happen(spent, at, event, "change", lambda: told)


def goes_on(nodes: "Nodes", state: State, at: int) -> Iterator[tuple[Step, State]]:
    """An interval passes at a node, if anything comes of it."""
    number = state.machines[at]
    if not nodes.locals.facts[number].changing:
        return
    event = nodes.locals.event(LocalEvent("tick", timer="handoff"))
    step = nodes.locals.step(number, event)
    sends = tuple(sent for sent in step.sends if _of_use(nodes, state, at, sent))
    if step.to != number or sends or step.error:
        yield from nodes.happen(state, at, event, "interval", lambda: "an interval passes", step._replace(sends=sends))


def _of_use(nodes: "Nodes", state: State, at: int, message: int) -> bool:
    """Whether a message would change anything if it arrived now."""
    to = nodes.messages.receivers[message]
    there = state.machines[to]
    if message in state.under_way or not nodes.locals.facts[there].up:
        return False
    if state.cut != WHOLE and state.cut in (at, to):
        return False
    step = nodes.locals.step(there, nodes.delivery(message))
    return bool(step.to != there or step.sends or step.replies or step.error)


def undisturbed(state: State) -> bool:
    """Whether nothing is left that could part a message from its sender or its receiver."""
    left = state.left
    return state.cut == WHOLE and not (left.crashes or left.drops or left.duplicates or left.partitions)


def reported(nodes: "Nodes", state: State) -> tuple[int, LocalStep] | None:
    """A node that is not the driver, and what it does when it has nothing to do but to report a phase: it need not
    wait, for the driver waits for itself as well, and that can take as long as it likes."""
    change = nodes.cluster.change
    assert change is not None
    for at, number in enumerate(state.machines):
        if not nodes.locals.facts[number].changing or nodes.names[at] == change.driver:
            continue
        tick = nodes.locals.step(number, nodes.locals.event(LocalEvent("tick", timer="handoff")))
        if tick.error or tick.replies:
            continue
        sends = tick.sends
        after = tick.to
        if nodes.locals.facts[after].unsynced:
            synced = nodes.locals.step(after, nodes.locals.event(LocalEvent("sync")))
            sends, after = (*sends, *synced.sends), synced.to
        if sends and all(_reports(nodes, state, at, sent) for sent in sends):
            return at, LocalStep(after, sends)
    return None


def _reports(nodes: "Nodes", state: State, at: int, message: int) -> bool:
    content = nodes.messages.all[message].content
    return isinstance(content, Progress) and content.phase != CLOSE and _of_use(nodes, state, at, message)
