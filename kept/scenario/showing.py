"""The commands that look: what every node holds of a key, hints, the ring, who is thought to be down, what waits."""

from collections.abc import Callable, Iterable
from textwrap import wrap

from checkers.registry import CLAIMS
from checkers.verdict import Invalid, Unknown, Valid, Verdict
from checkers.wording import plural
from dynamo.core.actors import BIRTHS
from dynamo.core.effects import DATA, HINT, META, split_hint_key
from dynamo.core.siblings import Siblings
from kept.scenario.command import Command, Scene, exactly, running
from kept.scenario.failing import ScenarioError, unknown_word
from kept.scenario.membership import show_members, show_owners
from kept.scenario.wording import text

NEEDS_REST = ("convergence", "placement")
_SHOWN_PARTITIONS = 8
_WIDTH = 118


def _show(scene: Scene, words: list[str]) -> Iterable[str]:
    if not words:
        raise ScenarioError(f"nothing; accepted: show KEY, {', '.join(_WHAT)}")
    what, *rest = words
    if what in _WHAT:
        return _WHAT[what](scene, rest)
    (key,) = exactly(words, 1, f"show KEY, {', '.join(_WHAT)}")
    return _key(scene, key.encode())


def _key(scene: Scene, key: bytes) -> list[str]:
    """What the disk of each owner holds of a key, and whoever else holds something."""
    stage = scene.stage
    ring = stage.ring
    partition = ring.partition_of(key)
    owners = ring.owners(partition)
    lines = []
    for name in dict.fromkeys((*ring.walk(partition), *stage.machines)):
        machine = stage.machines[name]
        record, damaged = machine.disk.read(DATA, key)
        if name in owners or record is not None or damaged:
            assert record is None or isinstance(record, Siblings)
            held = "damaged" if damaged else "nothing" if record is None else stage.state(record)
            lines.append(f"{name}: {held}{_condition(scene, name)}")
        for owner, hinted, state in _hints(scene, name):
            if hinted == key:
                lines.append(f"{name} for {owner}: {stage.state(state)}{_condition(scene, name)}")
    return lines


def _condition(scene: Scene, name: str) -> str:
    machine = scene.stage.machines[name]
    unsynced = machine.disk.unsynced
    told = [
        *(["gone for good"] if machine.destroyed else ["down"] if machine.node is None else []),
        *(["stands still"] if machine.paused else []),
        *([f"{plural(unsynced, 'write')} not synced"] if unsynced else []),
    ]
    return f"  ({', '.join(told)})" if told else ""


def _hints(scene: Scene, name: str) -> list[tuple[str, bytes, Siblings]]:
    found = []
    for stored, state in scene.stage.machines[name].disk.engine.scan(HINT):
        assert isinstance(state, Siblings)
        found.append((*split_hint_key(stored), state))
    return found


def _show_hints(scene: Scene, words: list[str]) -> list[str]:
    exactly(words, 0, "show hints")
    lines = [
        f"{name} keeps {text(key)} for {owner}: {scene.stage.state(state)}"
        for name in scene.stage.machines
        for owner, key, state in _hints(scene, name)
    ]
    return lines or ["no hints"]


def _show_ring(scene: Scene, words: list[str]) -> list[str]:
    ring, config = scene.stage.ring, scene.stage.config

    def walk(partition: int) -> str:
        owners, others = ring.owners(partition), ring.walk(partition)
        behind = [name for name in others if name not in owners]
        return ", ".join(_at_rack(scene, name) for name in owners) + (f", then {', '.join(behind)}" if behind else "")

    if words:
        (key,) = exactly(words, 1, "show ring [KEY]")
        return [f"{text(key.encode())}: {walk(ring.partition_of(key.encode()))}"]
    if config.ring == "row":
        return [f"every key: {walk(0)}"]
    if ring.count <= _SHOWN_PARTITIONS:
        return [f"partition {partition}: {walk(partition)}" for partition in range(ring.count)]
    return [f"{name}: a copy of {len(ring.partitions_of(name))} of {ring.count} partitions" for name in ring.names]


def _at_rack(scene: Scene, name: str) -> str:
    rack = next(member.rack for member in scene.stage.ring.members if member.name == name)
    return f"{name} in {rack}" if rack else name


def _show_down(scene: Scene, words: list[str]) -> list[str]:
    """Whom each running node holds to be down."""
    exactly(words, 0, "show down")
    lines = []
    for name, machine in scene.stage.machines.items():
        if machine.node is not None and machine.node.host.detector.down:
            lines.append(f"{name} holds to be down: {', '.join(sorted(machine.node.host.detector.down))}")
    return lines or ["nobody is held to be down"]


def _show_wire(scene: Scene, words: list[str]) -> list[str]:
    exactly(words, 0, "show wire")
    return [scene.stage.packet(packet) for packet in scene.stage.wire.held] or ["nothing waits"]


def _show_roots(scene: Scene, words: list[str]) -> list[str]:
    """The Merkle roots of a key's partition at its owners."""
    (key,) = exactly(words, 1, "show roots KEY")
    ring = scene.stage.ring
    partition = ring.partition_of(key.encode())
    lines = []
    for name in ring.owners(partition):
        node = scene.stage.machines[name].node
        root = None if node is None else node.host.forest.root(partition)
        lines.append(f"{name}: " + ("down" if root is None else root.hex()[:8] or "no keys"))
    return lines


def _show_births(scene: Scene, words: list[str]) -> list[str]:
    """The number of the next actor that a node brings to life, how far it takes them to be reserved, and how far its
    disk knows that they are."""
    lines = []
    for name in [running(scene, name).name for name in words] or scene.stage.machines:
        machine = scene.stage.machines[name]
        if machine.node is None:
            lines.append(f"{name}: down")
        else:
            actors = machine.node.actors
            kept = machine.disk.durable(META, BIRTHS)
            on_disk = kept.decode() if isinstance(kept, bytes) else "nothing"
            lines.append(
                f"{name}: next birth {actors.next_birth}, reserved below {actors.durable_lease}; on its disk {on_disk}"
            )
    return lines


def _show_waiting(scene: Scene, words: list[str]) -> list[str]:
    exactly(words, 0, "show waiting")
    return scene.clients.waiting() or ["nobody waits"]


_WHAT: dict[str, Callable[[Scene, list[str]], list[str]]] = {
    "hints": _show_hints,
    "ring": _show_ring,
    "members": show_members,
    "owners": show_owners,
    "down": _show_down,
    "wire": _show_wire,
    "roots": _show_roots,
    "births": _show_births,
    "waiting": _show_waiting,
}


# Verdicts


def _check(scene: Scene, words: list[str]) -> Iterable[str]:
    """Judge claims over what was recorded: those that are named, one line each; else all that are promised."""
    for name in words:
        if name not in CLAIMS:
            raise unknown_word("claim", name, list(CLAIMS))
        if name in NEEDS_REST and scene.rest is None:
            raise ScenarioError(f"{name}: is judged at rest; `settle` just before `check`")
    claims = tuple(words) or tuple(
        name for name in scene.stage.config.claims() if scene.rest is not None or name not in NEEDS_REST
    )
    verdicts = scene.clients.verdicts(claims, scene.rest is True)
    held = [name for name, verdict in verdicts.items() if isinstance(verdict, Valid)]
    told = [_verdict(name, verdict) for name, verdict in verdicts.items() if words or name not in held]
    if held and not words:
        told.append(f"valid    {', '.join(held)}")
    return [line for each in told for line in wrap(each, _WIDTH, subsequent_indent=" " * 9, break_on_hyphens=False)]


def _verdict(name: str, verdict: Verdict) -> str:
    match verdict:
        case Valid():
            return f"valid    {name}: {verdict.witness}"
        case Invalid():
            return f"INVALID  {name}: {verdict.counterexample.sentence}"
        case Unknown():
            return f"unknown  {name}: {verdict.reason}"


COMMANDS = (
    Command(
        "show", f"KEY | {' | '.join(_WHAT)}", "What every disk holds; hints; the ring; and so on.", _show, looks=True
    ),
    Command("check", "[CLAIM...]", "Judge claims over what the clients saw and the disks hold.", _check, looks=True),
)
