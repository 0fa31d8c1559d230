"""Disks that misbehave: how each kind of fault befalls a machine, and how it ends.

What is durable changes only as the atlas permits. A wish of the nemesis that leaves open which record it hits, or that
the atlas refuses where it would hit, is decided here, and the plan keeps what was decided; a wish that is refused
altogether stays in the plan and is refused again when it is replayed.

Damage is met at a restart at the latest: rot and a lie end with one, so that no run ends with damage that nobody met.
"""

from typing import TYPE_CHECKING

from dynamo.core.effects import DATA, HINT, META, Load
from dynamo.core.greeting import GENERATIONS, HEARTBEAT, decode_memory, last_beat
from dynamo.core.identity import GENERATION
from kept.sim import faults as kinds
from kept.sim.atlas import Atlas, Terms
from kept.sim.census import newest
from kept.sim.disk import Disk
from kept.sim.faults import Fault, Place, named, place_of, share_of
from kept.sim.machine import Machine

if TYPE_CHECKING:
    from kept.sim.world import World

SURVIVORS = 2
"""Members that must be left when one of them dies for good: somebody has to be told, and to do it."""
REFUSED = "damage refused"
"""By the atlas, or because nothing is there that could be hit."""


class Damage:
    """Every disk fault of one world."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.atlas = Atlas(world.machines, None)
        self._images: dict[int, Disk] = {}
        """Fault -> the copy of a disk that will be put back."""
        self._returning: Machine | None = None
        """A machine that has started on an old disk."""

    def ask(self, terms: Terms | None) -> None:
        """Ask an atlas with these terms from now on; None permits everything."""
        self.atlas = Atlas(self.world.machines, terms)

    # Deciding

    def decide(self, fault: Fault) -> Fault | None:
        """The fault as it will happen; None where it may not."""
        if self.atlas.terms is not None and self._greets():
            self.world.count(REFUSED)
            return None
        if fault.kind in kinds.CHANGES:
            return self._change(fault)
        there = tuple(name for name in fault.nodes if self._there(name))
        if there != fault.nodes:
            if not there:
                return None
            fault = fault._replace(nodes=there)
        if fault.kind not in kinds.DAMAGES or not fault.nodes:
            return fault
        decided = self._decided(fault._replace(nodes=fault.nodes[:1]))
        if decided is None:
            self.world.count(REFUSED)
        return decided

    def _there(self, name: str) -> bool:
        machine = self.world.machines.get(name)
        return machine is not None and not machine.destroyed

    def _change(self, fault: Fault) -> Fault | None:
        """A change of membership may begin with a death only where somebody is left, and the atlas spares the disk."""
        if fault.kind not in kinds.DEATHS:
            return fault
        dead = fault.nodes[0]
        table = newest(self.world)
        left = [name for name in table.names if name != dead and self._there(name)] if table is not None else []
        if self._there(dead) and len(left) >= SURVIVORS and self.atlas.spares_disk(dead, self.world.now_us):
            return fault
        self.world.count(REFUSED)
        return None

    def _decided(self, fault: Fault) -> Fault | None:
        if fault.kind == kinds.BIT_ROT:
            return self._rot(fault)
        if fault.kind == kinds.MISDIRECTED:
            return self._misdirection(fault)
        return self._loss(fault) if fault.kind == kinds.LOST_DISK else fault

    def _rot(self, fault: Fault) -> Fault | None:
        """The first record from where the wish points that may rot."""
        node = fault.nodes[0]
        for place in self._wanted(fault):
            if self._durable(node, place) and self.atlas.spares(node, [place], self.world.now_us):
                return fault._replace(places=(named(place),))
        return None

    def _misdirection(self, fault: Fault) -> Fault | None:
        """The first two neighbours from where the wish points of which one may be missing and the other one rot."""
        node, now_us = fault.nodes[0], self.world.now_us
        wanted = self._wanted(fault._replace(number=fault.number % 1.0))
        if len(fault.places) == 2:
            pairs = [(wanted[0], wanted[1])]
        else:
            pairs = list(zip(wanted, wanted[1:] + wanted[:1], strict=True)) if len(wanted) > 1 else []
        older = self.world.machines[node].disk.older
        for lost, hit in pairs:
            if not (self._durable(node, lost) and self._durable(node, hit)) or lost == hit or lost not in older:
                continue
            goes = self._falls_back(node, lost) or self.atlas.spares(node, [lost], now_us)
            if goes and self.atlas.spares(node, [lost, hit], now_us):
                return fault._replace(places=(named(lost), named(hit)))
        return None

    def _falls_back(self, node: str, place: Place) -> bool:
        disk = self.world.machines[node].disk
        return self.atlas.spares_silently(node, place, disk.older[place], self.world.now_us)

    def _loss(self, fault: Fault) -> Fault | None:
        """The disk that is named, or the next one that may be lost."""
        names = list(self.world.machines)
        first = names.index(fault.nodes[0])
        for name in names[first:] + names[:first]:
            if (
                self._there(name)
                and self.world.machines[name].disk.boots
                and self.atlas.spares_disk(name, self.world.now_us)
            ):
                return fault._replace(nodes=(name,))
        return None

    def _wanted(self, fault: Fault) -> list[Place]:
        """The record that the fault names, or all of the space that it wishes for, from where it points on."""
        if fault.places:
            return [place_of(place) for place in fault.places]
        space, share = share_of(fault.number)
        engine = self.world.machines[fault.nodes[0]].disk.engine
        keys = [key for key, _ in engine.scan(space)]
        if not keys:
            space = DATA
            keys = [key for key, _ in engine.scan(space)]
        first = int(len(keys) * share)
        return [(space, key) for key in keys[first:] + keys[:first]]

    def _durable(self, node: str, place: Place) -> bool:
        """Whether a sound record is there that no write has touched since it became durable."""
        disk = self.world.machines[node].disk
        if place[0] not in (DATA, HINT, META) or place in disk.damaged or place in disk.pending():
            return False
        return disk.read(*place) is not None

    # Beginning and end

    def begin(self, number: int, fault: Fault) -> None:
        """A disk fault that was decided happens."""
        for name in fault.nodes:
            machine = self.world.machines[name]
            syncs = machine.syncs
            if fault.kind == kinds.DISK_FULL:
                self.world.count(fault.kind)
                syncs.space(min(int(fault.number), syncs.room if syncs.room is not None else int(fault.number)))
            elif fault.kind == kinds.SLOW_DISK:
                syncs.slower_us.append(int(fault.number))
            elif fault.kind == kinds.IO_ERROR:
                syncs.fails = fault if machine.up else None
            elif fault.kind == kinds.LYING:
                syncs.lying += 1
            elif fault.kind == kinds.OLD_DISK:
                self._images[number] = machine.disk.image()
            elif fault.kind == kinds.LOST_DISK:
                self._lose(machine)
            else:
                self._hurt(machine, fault)

    def end(self, number: int, fault: Fault, over: bool) -> None:
        """A disk fault is over; where all faults are (`over`), no old disk is put back any more."""
        for name in fault.nodes:
            machine = self.world.machines[name]
            syncs = machine.syncs
            if fault.kind == kinds.DISK_FULL:
                others = [int(other.number) for other in self.world.active(kinds.DISK_FULL, name)]
                syncs.space(min(others) if others else None)
            elif fault.kind == kinds.SLOW_DISK:
                syncs.slower_us.remove(int(fault.number))
            elif fault.kind == kinds.IO_ERROR:
                syncs.fails = None if syncs.fails is fault else syncs.fails
            elif fault.kind == kinds.LYING:
                self._stop_lying(machine)
            elif fault.kind == kinds.OLD_DISK:
                self._put_back(machine, self._images.pop(number), over)
            elif fault.kind in (kinds.BIT_ROT, kinds.MISDIRECTED):
                self._let_it_be_met(machine)

    def _hurt(self, machine: Machine, fault: Fault) -> None:
        """Records rot, or one has gone to another one's place."""
        disk, places = machine.disk, [place_of(place) for place in fault.places]
        for place in places:
            if disk.read(*place) is None:
                return
        self.world.count(fault.kind)
        if fault.kind == kinds.BIT_ROT:
            for place in places:
                disk.rot(place)
        else:
            lost, hit = places
            silent = self._falls_back(machine.name, lost)
            disk.misdirect(lost, hit)
            if silent:
                self.world.count("stale record left behind")
                disk.fall_back(lost)
            else:
                disk.rot(lost)
        self.atlas.harmed(machine.name, self.world.now_us)

    def _would_be_noticed(self, machine: Machine, image: Disk) -> bool:
        """Whether the greeting will tell that a disk is old: every other member remembers a later sign of life than
        the disk does, on its own disk, so whoever answers first will do. Or half of them remember it in memory, all of
        them are up, and all links are whole, so that more than half answer in time."""
        world, table = self.world, newest(self.world)
        if self.atlas.terms is None:
            return True
        if table is None or machine.name not in table.names:
            return False
        last = last_beat(_meta(image, HEARTBEAT), int(_meta(image, GENERATION) or b"0"))
        others = [world.machines[name] for name in table.involved if name != machine.name and self._there(name)]
        if all(decode_memory(_meta(other.disk, GENERATIONS)).get(machine.name, (0, 0)) > last for other in others):
            world.count("old disk that every disk remembers")
            return True
        if world.network.cut or world.network.weather.rough:
            return False
        nodes = [other.node for other in others if not other.paused]
        known = [node.greeting.known(machine.name) for node in nodes if node is not None]
        return len(known) == len(others) and 2 * sum(beat > last for beat in known) >= len(others)

    def _greets(self) -> bool:
        """Whether a node with an old disk is still asking the others: nothing may come between."""
        machine = self._returning
        if machine is not None and (machine.serving or machine.destroyed):
            self._returning = None
        return self._returning is not None

    def returns(self, machine: Machine) -> bool:
        """Whether a machine has started on an old disk and does not serve yet."""
        return self._greets() and machine is self._returning

    def _let_it_be_met(self, machine: Machine) -> None:
        """Start the process again if something on its disk is damaged that it has not met."""
        if machine.up and (machine.disk.damaged or machine.disk.stale):
            self._restart(machine)

    def _restart(self, machine: Machine) -> None:
        """Stop a process in good order, and start it again."""
        disk = machine.disk
        machine.crash_keeping(len(disk.lied()) + disk.unsynced)
        self.world.observer.event(self.world.now_us, "restarted", node=machine.name)
        self.world.revive(machine)

    def _lose(self, machine: Machine) -> None:
        self.world.count(kinds.LOST_DISK)
        machine.crash_keeping(0)
        machine.lose_disk()
        self.atlas.harmed(machine.name, self.world.now_us)
        self.world.observer.event(self.world.now_us, "disk lost", node=machine.name)

    def _put_back(self, machine: Machine, image: Disk, over: bool) -> None:
        """Start the process on a copy of its disk, unless the disk was replaced or the atlas refuses."""
        if over or image.name != machine.disk.name:
            return
        if not (self._would_be_noticed(machine, image) and self.atlas.spares_disk(machine.name, self.world.now_us)):
            self.world.count(REFUSED)
            return
        self.world.count(kinds.OLD_DISK)
        self._returning = machine
        if machine.up:
            self.world.crash(machine, 1.0, None)
        image.boots = machine.disk.boots
        machine.disk = image
        self.atlas.harmed(machine.name, self.world.now_us)
        self.world.observer.event(self.world.now_us, "old disk put back", node=machine.name)

    # Lies

    def _stop_lying(self, machine: Machine) -> None:
        """The power fails, and what the disk has lied about is gone, as far as the atlas permits."""
        if machine.up:
            self.world.crash(machine, 0.0, None)
        machine.syncs.lying -= 1
        if not machine.syncs.lying:
            machine.disk.stop_lying()

    def power_loss(self, machine: Machine, keep_share: float, torn_at: float | None) -> tuple[int, bool]:
        """A machine stops at once. Returns how many batches were lost, and whether one was torn."""
        lied = len(machine.disk.lied())
        if not lied:
            return machine.crash(keep_share, torn_at)
        keep = self.atlas.keeps(machine.name, self.world.now_us)
        if keep == lied:
            return machine.crash(keep_share, torn_at)
        self.world.count(kinds.LYING)
        self.world.count("synced writes lost", lied - keep)
        self.atlas.harmed(machine.name, self.world.now_us)
        return machine.crash_keeping(keep, torn_at)

    # What a disk does to its process

    def disk_ran_full(self, machine: Machine) -> None:
        """A write found no room: the process stops, and starts again when there is room."""
        self.world.count("node stopped by a full disk")
        self.world.crash(machine, 0.0, None)

    def sync_failed(self, machine: Machine, fault: Fault) -> None:
        """Nobody knows what reached the disk: the process stops, and some of it may be there when it starts again."""
        self.world.count(kinds.IO_ERROR)
        self.world.crash(machine, fault.number, None)

    def read_failed(self, machine: Machine, load: Load) -> bool:
        """Whether a read fails now. It does so once, and only where the node may take the record for damaged."""
        if not self.atlas.spares(machine.name, [(load.space, load.key)], self.world.now_us):
            return False
        machine.syncs.fails = None
        self.world.count(kinds.IO_ERROR)
        self.world.count("failed reads")
        self.atlas.harmed(machine.name, self.world.now_us)
        return True


def _meta(disk: Disk, name: bytes) -> bytes | None:
    """What a disk says about its node under this name, if that would survive a crash and can be read."""
    place = (META, name)
    record = None if place in disk.pending() or place in disk.damaged else disk.engine.read(*place)
    return record if isinstance(record, bytes) else None
