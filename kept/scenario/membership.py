"""What the nodes know of the membership, in words: for ``show members`` and ``show owners KEY``."""

from dynamo.core.membership import Table
from dynamo.core.node import Node
from dynamo.core.transition import TransitionRing
from kept.scenario import wording
from kept.scenario.command import Scene, exactly


def show_members(scene: Scene, words: list[str]) -> list[str]:
    """The nodes by what they know, one line for each table; then whom a change waits for."""
    exactly(words, 0, "show members")
    said: dict[str, list[str]] = {}
    lines = []
    for name, machine in scene.stage.machines.items():
        node = machine.node
        if node is None:
            said.setdefault("gone for good" if machine.destroyed else "down", []).append(name)
        else:
            said.setdefault(_known(node), []).append(name)
            lines += _awaited(node)
    return [f"{', '.join(names)}: {known}" for known, names in said.items()] + lines


def _known(node: Node) -> str:
    table = node.participant.table
    told = wording.table(table)
    if table.cluster and not node.participant.inside:
        told = f"in no ring; it knows {told}"
    return told if node.serving else f"starting; {told}"


def _awaited(node: Node) -> list[str]:
    """What keeps the change that this node drives in its phase."""
    table: Table = node.participant.table
    plan, steward = table.plan, node.steward
    if plan is None or plan.driver != node.name:
        return []
    reported = steward.reported if steward.phase == (plan.id, plan.phase) else ()
    missing = [name for name in table.involved if name not in reported]
    rivals = sorted(rival for rival in steward.rivals if rival not in plan.released)
    lines = [f"{plan.what} waits for {', '.join(missing)}"] if missing else []
    return lines + [f"{plan.what} waits until {steward.rivals[rival]} lets go of {rival}" for rival in rivals]


def show_owners(scene: Scene, words: list[str]) -> list[str]:
    """The owners of a key: before and after, while a change is under way that concerns it."""
    (key,) = exactly(words, 1, "show owners KEY")
    ring = scene.stage.ring
    partition = ring.partition_of(key.encode())
    named = wording.text(key.encode())
    if not isinstance(ring, TransitionRing):
        return [f"{named}: {', '.join(ring.owners(partition))}"]
    old, new = ring.old_owners(partition), ring.new_owners(partition)
    if old == new:
        return [f"{named}: {', '.join(old)}, before and after"]
    asked = "new" if ring.reads_new else "old"
    lists = f"old {', '.join(old)}; new {', '.join(new)}"
    return [f"{named}: {lists}; a put needs W of each list, a get asks the {asked} one"]
