"""The commands of time: let it pass, fire one timer, come to rest."""

from collections.abc import Callable, Iterable

from dynamo.core.gossip import SEED_EVERY
from dynamo.core.membership import PHASES
from dynamo.core.node import Node
from kept.lab.run import FOUND_WORK, MAX_WAITS
from kept.lab.settle import unrest
from kept.scenario import wording
from kept.scenario.command import Command, Scene, exactly, moving, span_us
from kept.scenario.failing import ScenarioError, unknown_word
from kept.scenario.machine import FLUSH
from kept.scenario.stage import TRACES, Stage
from kept.scenario.wording import duration

_INNER = ("deadlines", FLUSH)
"""Timers that are due at moments of their own, and not in intervals."""
DONE = "done"
Draws = list[tuple[int, int]]
SETTLE_US = 60_000_000
STEP_US = 250_000


def _advance(scene: Scene, words: list[str]) -> Iterable[str]:
    if words[:1] == ["until"]:
        return _advance_until(scene, words[1:])
    (word,) = exactly(words, 1, "advance SPAN")
    span = span_us(word)
    if span <= 0:
        raise ScenarioError(f"{word}; accepted: a time above 0")
    scene.stage.advance(span)
    return [f"{duration(span)} later"]


def _advance_until(scene: Scene, words: list[str]) -> Iterable[str]:
    """To the moment at which the change of membership that is under way comes to a phase, or ends."""
    (phase,) = exactly(words, 1, "advance until PHASE")
    if phase not in (*PHASES, DONE):
        raise unknown_word("phase", phase, [*PHASES, DONE])
    stage = scene.stage
    if _phase(stage) in (phase, DONE):
        raise ScenarioError(f"{phase}: {wording.table(stage.table)}, as of now; accepted: a phase to come")
    began_us = stage.now_us
    if not stage.advance_until(lambda: _phase(stage) == phase, SETTLE_US):
        raise ScenarioError(f"{phase}: not within {duration(SETTLE_US)}: {wording.table(stage.table)}")
    return [f"{duration(round(stage.now_us - began_us, -3))} later: {wording.table(stage.table)}"]


def _phase(stage: Stage) -> str:
    plan = stage.table.plan
    return plan.phase if plan is not None else DONE


def _tick(scene: Scene, words: list[str]) -> Iterable[str]:
    if len(words) not in (2, 4) or words[2:3] not in ([], ["with"]):
        raise ScenarioError(f"{' '.join(words) or 'nothing'}; accepted: tick TIMER NODE [with PEER]")
    timer, name, *peer = words
    found = moving(scene, name)
    node = found.node
    assert node is not None
    timers = [each for each in sorted(found.timers) if each not in _INNER]
    if timer not in timers:
        raise unknown_word("timer", timer, timers)
    if peer:
        choices = _PEERS[timer](node) if timer in _PEERS else {}
        if peer[1] not in choices:
            raise ScenarioError(
                f"{peer[1]} is no choice of {name} for {timer}; accepted: {', '.join(choices) or 'none'}"
            )
        found.dice.wishes = choices[peer[1]]
    found.fire(timer)
    found.dice.wishes = None
    scene.stage.run()
    return [f"the {timer} timer of {name} has fired"]


def _exchange_peers(node: Node) -> dict[str, Draws]:
    if node.name not in node.host.ring.names:
        return {}
    return _draws([name for name in node.host.ring.neighbours(node.name) if name not in node.host.detector.down], [])


def _gossip_peers(node: Node) -> dict[str, Draws]:
    """Seeds are another draw, which comes first."""
    table = node.gossip.table
    peers = [name for name in table.involved or table.names if name != node.name]
    seeds = [name for name in node.gossip.seeds if name != node.name]
    first = [(SEED_EVERY, 1)] if seeds and peers else []
    to_seeds = _draws(seeds, [(SEED_EVERY, 0)] if peers else [])
    return {**to_seeds, **_draws(peers, first)}


def _draws(names: list[str], before: Draws) -> dict[str, Draws]:
    return {name: [*before, (len(names), at)] for at, name in enumerate(names)}


_PEERS: dict[str, Callable[[Node], dict[str, Draws]]] = {"exchange": _exchange_peers, "gossip": _gossip_peers}
"""Whom the node may turn to when the timer fires, and what it then draws, one after the other."""


def _settle(scene: Scene, words: list[str]) -> Iterable[str]:
    exactly(words, 0, "settle, without words")
    stage = scene.stage
    if stage.wire.holds or stage.wire.cuts or stage.wire.held:
        raise ScenarioError("messages are held or cut off; `release` and `heal` first")
    took_us, why = _to_rest(stage)
    scene.rest = not why
    return [f"at rest after {duration(took_us)}" if not why else f"no rest: {why}"]


def _to_rest(stage: Stage) -> tuple[int, str]:
    """As a run of the simulator ends: at rest within a bound, and for longer than the reaper's grace, with a while in
    which anti-entropy finds no work. How long rest took, and what was in its way."""
    began_us = stage.now_us
    while (why := _unrest(stage)) and stage.now_us - began_us < SETTLE_US:
        stage.advance(STEP_US)
    took_us = stage.now_us - began_us
    if why:
        return took_us, f"after {duration(took_us)} {why}"
    store = stage.config.store()
    while_us = store.reap_grace_us + 3 * store.reap_us
    stage.advance(while_us)
    for _ in range(MAX_WAITS):
        before = stage.marks.get(FOUND_WORK, 0)
        why = _unrest(stage)
        if why:
            return took_us, f"it had settled, and then {why}"
        stage.advance(while_us)
        if stage.marks.get(FOUND_WORK, 0) == before:
            return took_us, _unrest(stage)
    return took_us, "anti-entropy finds differences again and again"


def _unrest(stage: Stage) -> str:
    return unrest(stage)  # type: ignore[arg-type]  # a stage has machines as a world has


def _trace(scene: Scene, words: list[str]) -> Iterable[str]:
    (level,) = exactly(words, 1, "trace on|off|all")
    if level not in TRACES:
        raise unknown_word("trace", level, list(TRACES))
    scene.stage.trace = level
    return [f"trace {level}"]


COMMANDS = (
    Command("advance", "SPAN | until PHASE", "Let time pass; timers fire as they come due.", _advance),
    Command("tick", "TIMER NODE [with PEER]", "Fire one timer now: exchange, gossip, handoff, reap.", _tick),
    Command("settle", "", "Let time pass until the cluster is at rest, and stays so.", _settle),
    Command("trace", "on|off|all", "Whether answers show the messages that arrive.", _trace, looks=True),
)
