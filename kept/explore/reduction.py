"""What cannot show is done at once, so that fewer interleavings are left (docs/explore-real.md argues for each).

Where no machine can die any more, a disk syncs when it is written to. An answer to a read arrives when it is given.
An answer that its receiver has no use for, and never will, is taken in. Of a change of membership
(`kept.explore.change`) what was asked for arrives when it is given and phases are reported as soon as they are done,
where nothing can come between.
"""

from typing import TYPE_CHECKING

from kept.explore.change import reported, undisturbed
from kept.explore.locals import LocalEvent
from kept.explore.state import State

if TYPE_CHECKING:
    from kept.explore.system import Nodes


def normal(nodes: "Nodes", state: State) -> State:
    """The state in which all that has been done."""
    if not nodes.scope.reduce or state.flaw:
        return state
    quiet = bool(nodes.scope.change) and undisturbed(state)
    state = _answers(nodes, state, quiet)
    if quiet and not state.flaw:
        report = reported(nodes, state)
        if report is not None:
            return normal(nodes, nodes.after(state, *report))
    if not state.left.crashes and not state.flaw:
        for at, number in enumerate(state.machines):
            if nodes.locals.facts[number].unsynced:
                sync = nodes.locals.event(LocalEvent("sync"))
                return normal(nodes, nodes.after(state, at, nodes.locals.step(number, sync)))
    return _without_old_news(nodes, state, quiet)


def _answers(nodes: "Nodes", state: State, quiet: bool) -> State:
    """Answers to reads arrive, and in a change what was asked for."""
    messages = nodes.messages
    for number in state.under_way:
        if messages.reads[number] or (quiet and messages.changes[number]):
            there = messages.receivers[number]
            under_way = list(state.under_way)
            under_way.remove(number)
            step = nodes.locals.step(state.machines[there], nodes.delivery(number))
            return _answers(nodes, nodes.after(state._replace(under_way=tuple(under_way)), there, step), quiet)
    return state


def _without_old_news(nodes: "Nodes", state: State, quiet: bool) -> State:
    """Messages that change nothing where they arrive, and never will, have arrived."""
    messages, answers = nodes.messages, not nodes.scope.timeouts
    if not state.under_way or not (answers or quiet):
        return state
    kept = []
    for number in state.under_way:
        if (answers and messages.answers[number]) or (quiet and messages.tables[number]):
            there = state.machines[messages.receivers[number]]
            step = nodes.locals.step(there, nodes.delivery(number))
            if step.to == there and not (step.sends or step.replies or step.error):
                continue
        kept.append(number)
    return state if len(kept) == len(state.under_way) else state._replace(under_way=tuple(kept))
