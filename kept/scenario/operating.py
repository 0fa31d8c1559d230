"""The commands of the operator: machines that come and go for good, and orders that change the membership (4.8.1)."""

from collections.abc import Iterable

from dynamo.core.membership import Table
from dynamo.core.steward import ACTIONS
from kept.lab.usage import shown
from kept.scenario.clients import CLIENT
from kept.scenario.command import Command, Scene, exactly, machine, moving
from kept.scenario.config import MAX_NODES, NODE_NAME
from kept.scenario.failing import ScenarioError, unknown_word
from kept.scenario.machine import Machine
from kept.scenario.operator import OPERATOR

# Machines


def _new(scene: Scene, words: list[str]) -> Iterable[str]:
    what, name = exactly(words, 2, "new node NAME")
    if what != "node":
        raise ScenarioError(f"{what}; accepted: new node NAME")
    stage = scene.stage
    if not NODE_NAME.fullmatch(name):
        raise ScenarioError(f"{shown(name)}; accepted: a letter, then up to 15 letters, digits, _ or -")
    if name in stage.machines or name in (CLIENT, OPERATOR, *scene.clients.names):
        raise ScenarioError(f"{name} is there already; accepted: a name that nobody has or had")
    if len(stage.machines) >= MAX_NODES:
        raise ScenarioError(f"{len(stage.machines)} machines; accepted: up to {MAX_NODES}")
    stage.enlist(name)
    return [f"{name} is up, in no ring"]


def _kill(scene: Scene, words: list[str]) -> Iterable[str]:
    if words[1:] != ["for", "good"]:
        raise ScenarioError(f"{' '.join(words) or 'nothing'}; accepted: kill NODE for good")
    found = machine(scene, words[0])
    if found.destroyed:
        raise ScenarioError(f"{found.name} is gone already")
    scene.stage.said += [f"lost: {scene.stage.packet(packet)}" for packet in scene.stage.wire.waiting(found.name)]
    found.destroy()
    return [f"{found.name} is gone for good, and its disk"]


# Orders


def _join(scene: Scene, words: list[str]) -> Iterable[str]:
    name, options = _about(scene, words, ("at", "weight", "rack"), "join NODE [weight W] [rack R] [at NODE]")
    if "weight" in options:
        weight = _weight(options["weight"])
        return _tell(scene, f"join {name} weight {weight:g}", "join", name, options, weight=weight)
    return _tell(scene, f"join {name}", "join", name, options)


def _leave(scene: Scene, words: list[str]) -> Iterable[str]:
    name, options = _about(scene, words, ("at",), "leave NODE [at NODE]")
    return _tell(scene, f"leave {name}", "leave", name, options)


def _remove(scene: Scene, words: list[str]) -> Iterable[str]:
    name, options = _about(scene, words, ("at",), "remove NODE [at NODE]")
    return _tell(scene, f"remove {name}", "remove", name, options)


def _replace(scene: Scene, words: list[str]) -> Iterable[str]:
    usage = "replace NODE by NODE [rack R] [at NODE]"
    dead, by, name = exactly(words[:3], 3, usage)
    if by != "by":
        raise ScenarioError(f"{by}; accepted: {usage}")
    _, options = _about(scene, [name, *words[3:]], ("at", "rack"), usage)
    machine(scene, dead)
    return _tell(scene, f"replace {dead} by {name}", "replace", dead, options, newcomer=name)


def _reweight(scene: Scene, words: list[str]) -> Iterable[str]:
    usage = "weight NODE W [at NODE]"
    name, number = exactly(words[:2], 2, usage)
    _, options = _about(scene, [name, *words[2:]], ("at",), usage)
    weight = _weight(number)
    return _tell(scene, f"weight {name} {weight:g}", "weight", name, options, weight=weight)


def _abort(scene: Scene, words: list[str]) -> Iterable[str]:
    options = _options(words, ("at",), "abort [at NODE]")
    plan = scene.stage.table.plan
    if "at" not in options and plan is not None and _takes_orders(scene.stage.machines[plan.driver]):
        options["at"] = plan.driver
    return _tell(scene, "abort", "abort", "", options)


def _vouch(scene: Scene, words: list[str]) -> Iterable[str]:
    (name,) = exactly(words, 1, "vouch NODE")
    return scene.operator.order(moving(scene, name), f"vouch {name}", "vouch", name)


def _status(scene: Scene, words: list[str]) -> Iterable[str]:
    return _tell(scene, "status", "status", "", _options(words, ("at",), "status [at NODE]"))


def _tell(
    scene: Scene, words: str, action: str, node: str, options: dict[str, str], **fields: str | float
) -> Iterable[str]:
    """Give the order to the node that is named, or to the first member that can take it."""
    assert action in ACTIONS, f"an action {action!r}"
    asked = moving(scene, options["at"]) if "at" in options else _somebody(scene, node)
    if "rack" in options:
        fields["rack"] = options["rack"]
    return scene.operator.order(asked, words, action, node, **fields)


def _somebody(scene: Scene, but: str) -> Machine:
    """The first member that can be told, and is not the one that the order is about."""
    table: Table = scene.stage.table
    for name, found in scene.stage.machines.items():
        if name in table.names and name != but and _takes_orders(found):
            return found
    raise ScenarioError("no member can be told; accepted: at NODE, where one runs")


def _takes_orders(found: Machine) -> bool:
    return found.node is not None and not found.paused


def _about(scene: Scene, words: list[str], accepted: tuple[str, ...], usage: str) -> tuple[str, dict[str, str]]:
    """The node that an order is about, and the options after it."""
    if not words:
        raise ScenarioError(f"nothing; accepted: {usage}")
    return machine(scene, words[0]).name, _options(words[1:], accepted, usage)


def _options(words: list[str], accepted: tuple[str, ...], usage: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for at in range(0, len(words), 2):
        option = words[at]
        if option not in accepted or option in named:
            raise unknown_word("option", option, list(accepted))
        if at + 1 == len(words):
            raise ScenarioError(f"{option}: nothing follows; accepted: {usage}")
        named[option] = words[at + 1]
    return named


def _weight(word: str) -> float:
    """A weight as people write it."""
    try:
        weight = float(word)
    except ValueError:
        weight = 0.0
    if not 0.01 <= weight <= 100.0:
        raise ScenarioError(f"weight: {shown(word)}; accepted: a number from 0.01 to 100")
    return weight


COMMANDS = (
    Command("new", "node NAME", "Switch a new machine on; its node is in no ring.", _new),
    Command("kill", "NODE for good", "The machine and its disk are gone, and do not come back.", _kill),
    Command("join", "NODE [weight W] [rack R] [at NODE]", "Order a member to let NODE join its ring.", _join),
    Command("leave", "NODE [at NODE]", "Order a member to see NODE out.", _leave),
    Command("replace", "NODE by NODE [rack R] [at NODE]", "A dead node's place goes to a new one.", _replace),
    Command("remove", "NODE [at NODE]", "A dead node's place goes to the others.", _remove),
    Command("weight", "NODE W [at NODE]", "NODE is to hold more than before, or less.", _reweight),
    Command("abort", "[at NODE]", "Give up the change that is under way.", _abort),
    Command("status", "[at NODE]", "Ask a node what it knows of the membership.", _status),
    Command("vouch", "NODE", "Tell a node that waits for answers that its disk is not an old one.", _vouch),
)
