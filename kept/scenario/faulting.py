"""The commands of misfortune: machines, disks, clocks and links."""

from collections.abc import Iterable

from checkers.wording import plural
from dynamo.core.effects import DATA
from kept.scenario.command import Command, Scene, down, exactly, machine, moving, number, running, span_us
from kept.scenario.failing import ScenarioError
from kept.scenario.wire import Packet, Pattern, pattern_of
from kept.scenario.wording import duration

# Machines and disks


def _crash(scene: Scene, words: list[str]) -> Iterable[str]:
    found = running(scene, words[0] if words else "")
    unsynced = found.disk.unsynced
    match words[1:]:
        case []:
            keep = unsynced
        case ["losing", "unsynced"]:
            keep = 0
        case ["keeping", count]:
            keep = number("keeping", count)
        case _:
            raise ScenarioError(f"{' '.join(words[1:])}; accepted: nothing, `losing unsynced` or `keeping COUNT`")
    if found.paused:  # what waits at its door is lost with the process
        scene.stage.said += [f"lost: {scene.stage.packet(packet)}" for packet in scene.stage.wire.waiting(found.name)]
    lost = found.crash(keep)
    gone = f"{lost} of {plural(unsynced, 'write')} not synced" if unsynced else "nothing"
    return [f"{found.name} is down; {gone} is lost"]


def _restart(scene: Scene, words: list[str]) -> Iterable[str]:
    if words[1:] not in ([], ["from", "copy"]):
        raise ScenarioError(f"{' '.join(words[1:])}; accepted: nothing, or `from copy`")
    found = down(scene, words[0] if words else "")
    if words[1:]:
        if found.copy is None:
            raise ScenarioError(f"there is no copy of the disk of {found.name}; `copy disk {found.name}` makes one")
        found.put_back()
    found.boot()
    scene.stage.run()
    return [f"{found.name} is up" + (", on the copy of its disk" if words[1:] else "")]


def _pause(scene: Scene, words: list[str]) -> Iterable[str]:
    (name,) = exactly(words, 1, "pause NODE")
    found = running(scene, name)
    if found.paused:
        raise ScenarioError(f"{name} is paused already")
    found.paused = True
    return [f"{name} stands still"]


def _resume(scene: Scene, words: list[str]) -> Iterable[str]:
    (name,) = exactly(words, 1, "resume NODE")
    found = running(scene, name)
    if not found.paused:
        raise ScenarioError(f"{name} is not paused")
    found.paused = False
    scene.stage.wire.moving.extend(scene.stage.wire.waiting(name))
    scene.stage.run()
    return [f"{name} goes on"]


def _lose(scene: Scene, words: list[str]) -> Iterable[str]:
    what, name = exactly(words, 2, "lose disk NODE")
    if what != "disk":
        raise ScenarioError(f"{what}; accepted: lose disk NODE")
    found = down(scene, name)
    found.lose_disk()
    return [f"{name} has an empty disk"]


def _copy(scene: Scene, words: list[str]) -> Iterable[str]:
    what, name = exactly(words, 2, "copy disk NODE")
    if what != "disk":
        raise ScenarioError(f"{what}; accepted: copy disk NODE")
    found = machine(scene, name)
    if found.destroyed:
        raise ScenarioError(f"{name} is gone for good, and its disk")
    found.copy = found.disk.image()
    return [f"what is durable on the disk of {name} is copied"]


def _damage(scene: Scene, words: list[str]) -> Iterable[str]:
    name, key = exactly(words, 2, "damage NODE KEY")
    found = machine(scene, name)
    if found.disk.engine.read(DATA, key.encode()) is None:
        raise ScenarioError(f"{name} has no record of {key}")
    found.disk.damaged[key.encode()] = None
    return [f"the record of {key} on the disk of {name} no longer matches its checksum"]


def _sync(scene: Scene, words: list[str]) -> Iterable[str]:
    if not 1 <= len(words) <= 2:
        raise ScenarioError(f"{' '.join(words) or 'nothing'}; accepted: sync NODE [COUNT]")
    found = moving(scene, words[0])
    count = found.disk.unsynced if len(words) == 1 else number("count", words[1])
    if not 0 < count <= found.disk.unsynced:
        raise ScenarioError(f"{found.name} has {plural(found.disk.unsynced, 'write')} not synced")
    found.sync(count)
    scene.stage.run()
    return [f"{found.name} has synced {plural(count, 'write')}"]


def _clock(scene: Scene, words: list[str]) -> Iterable[str]:
    name, by = exactly(words, 2, "clock NODE +SPAN|-SPAN")
    found = machine(scene, name)
    found.wall_offset_us += span_us(by)
    offset_us = found.wall_offset_us
    how = "right" if not offset_us else f"{duration(abs(offset_us))} {'ahead' if offset_us > 0 else 'behind'}"
    return [f"the wall clock of {name} is {how}"]


# Links


def _partition(scene: Scene, words: list[str]) -> Iterable[str]:
    groups: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            groups.append([])
        else:
            groups[-1].append(machine(scene, word).name)
    named = [name for group in groups for name in group]
    if len(groups) < 2 or not all(groups) or len(set(named)) != len(named):
        raise ScenarioError(f"{' '.join(words) or 'nothing'}; accepted: partition NODE... | NODE..., each node once")
    cuts = scene.stage.wire.cuts
    for group in groups:
        cuts += [Pattern(one, other) for one in group for other in named if other not in group]
    return [" and ".join(", ".join(group) for group in groups) + " cannot hear each other"]


def _cut(scene: Scene, words: list[str]) -> Iterable[str]:
    pattern = pattern_of(words, scene.names)
    scene.stage.wire.cuts.append(pattern)
    return [f"{pattern} is lost from now on"]


def _heal(scene: Scene, words: list[str]) -> Iterable[str]:
    exactly(words, 0, "heal, without words")
    cuts = scene.stage.wire.cuts
    if not cuts:
        raise ScenarioError("nothing is cut off")
    cuts.clear()
    return ["every message arrives again"]


def _hold(scene: Scene, words: list[str]) -> Iterable[str]:
    if words[:1] == ["disk"]:
        (name,) = exactly(words[1:], 1, "hold disk NODE")
        machine(scene, name).disk_held = True
        return [f"the disk of {name} does not sync"]
    pattern = pattern_of(words, scene.names)
    scene.stage.wire.holds.append(pattern)
    return [f"{pattern} is held back from now on"]


def _release(scene: Scene, words: list[str]) -> Iterable[str]:
    if words[:1] == ["disk"]:
        (name,) = exactly(words[1:], 1, "release disk NODE")
        found = machine(scene, name)
        if not found.disk_held:
            raise ScenarioError(f"the disk of {name} is not held")
        if found.paused:
            raise ScenarioError(f"{name} stands still; `resume {name}` first")
        found.disk_held = False
        found.sync()
        scene.stage.run()
        return [f"the disk of {name} syncs again"]
    pattern = pattern_of(words, scene.names)
    scene.stage.wire.release(pattern)
    scene.stage.run()
    return [f"{pattern} passes again"]


def _deliver(scene: Scene, words: list[str]) -> Iterable[str]:
    return _hand_over(scene, scene.stage.wire.take(pattern_of(words, scene.names)))


def _duplicate(scene: Scene, words: list[str]) -> Iterable[str]:
    wire = scene.stage.wire
    taken = wire.take(pattern_of(words, scene.names))
    wire.held += taken
    return _hand_over(scene, taken)


def _hand_over(scene: Scene, packets: list[Packet]) -> list[str]:
    stage = scene.stage
    for packet in packets:
        if stage.trace == "off":
            stage.said.append(f"delivered: {stage.packet(packet)}")
        stage.deliver(packet)
        stage.run()
    return []


def _drop(scene: Scene, words: list[str]) -> Iterable[str]:
    dropped = scene.stage.wire.take(pattern_of(words, scene.names))
    return [f"lost: {scene.stage.packet(packet)}" for packet in dropped]


_PATTERN = "[SENDER->RECEIVER] [MESSAGE]"
COMMANDS = (
    Command(
        "crash", "NODE [losing unsynced | keeping COUNT]", "The process ends; a power failure loses writes.", _crash
    ),
    Command("restart", "NODE [from copy]", "Start a process on the disk, or on what it was when copied.", _restart),
    Command("pause", "NODE", "The process stands still; what is sent to it waits.", _pause),
    Command("resume", "NODE", "It goes on.", _resume),
    Command("lose", "disk NODE", "Put an empty disk into a machine that is down.", _lose),
    Command("copy", "disk NODE", "Copy what is durable, to put it back later.", _copy),
    Command("damage", "NODE KEY", "The stored record no longer matches its checksum.", _damage),
    Command("sync", "NODE [COUNT]", "Make the oldest COUNT writes durable, or all.", _sync),
    Command("clock", "NODE +SPAN|-SPAN", "Set a wall clock forward or back.", _clock),
    Command("partition", "NODE... | NODE...", "Groups that cannot hear each other, until `heal`.", _partition),
    Command("cut", _PATTERN, "Such messages are lost, until `heal`.", _cut),
    Command("heal", "", "Nothing is lost any more.", _heal),
    Command("hold", f"{_PATTERN} | disk NODE", "Such messages wait; or the disk does not sync.", _hold),
    Command("release", f"{_PATTERN} | disk NODE", "They wait no longer, and those that waited arrive.", _release),
    Command("deliver", _PATTERN, "Messages that wait arrive now.", _deliver),
    Command("duplicate", _PATTERN, "Messages that wait arrive now, and wait as well.", _duplicate),
    Command("drop", _PATTERN, "Messages that wait are lost.", _drop),
)
