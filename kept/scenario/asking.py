"""The commands of clients: put, get, delete, retry."""

from collections.abc import Iterable

from dynamo.core import messages as m
from kept.lab.usage import shown
from kept.scenario.clients import CLIENT
from kept.scenario.command import Command, Scene, exactly, machine, number, span_us
from kept.scenario.failing import ScenarioError, unknown_word
from kept.scenario.operator import OPERATOR
from kept.scenario.wording import request

_OPTIONS = {m.PUT: ("w", "pw", "timeout"), m.DELETE: ("w", "pw", "timeout"), m.GET: ("r", "pr", "timeout")}


def _put(scene: Scene, words: list[str]) -> Iterable[str]:
    return _ask(scene, m.PUT, words, 3, "put NODE KEY VALUE")


def _get(scene: Scene, words: list[str]) -> Iterable[str]:
    return _ask(scene, m.GET, words, 2, "get NODE KEY")


def _delete(scene: Scene, words: list[str]) -> Iterable[str]:
    return _ask(scene, m.DELETE, words, 2, "delete NODE KEY with LABEL")


def _ask(scene: Scene, kind: str, words: list[str], plain: int, usage: str) -> Iterable[str]:
    node, key, *value = exactly(words[:plain], plain, usage)
    _awake(scene, node)
    named, quorum = _options(kind, words[plain:])
    client = named.get("by", CLIENT)
    if client in (*scene.stage.machines, OPERATOR) or not client.isidentifier():
        raise ScenarioError(f"by {shown(client)}; accepted: a name that no node has")
    if kind == m.GET and "with" in named:
        raise ScenarioError("with: a get carries no context")
    before = scene.clients.waiting()
    written = value[0].encode() if value else b""
    label, seen = named.get("as", ""), named.get("with", "")
    scene.clients.ask(node, kind, key.encode(), written, client=client, label=label, with_label=seen, **quorum)
    return scene.clients.waiting()[len(before) :]


def _awake(scene: Scene, node: str) -> None:
    """A machine that is down refuses; one that stands still would leave the request at its door."""
    if machine(scene, node).paused:
        raise ScenarioError(f"{node} stands still and takes no request; `resume {node}` first")


def _options(kind: str, words: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    """What stands behind a request: ``with``, ``as``, ``by``, and the request's own quorums and time-out."""
    named: dict[str, str] = {}
    quorum: dict[str, int] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, separator, value = word.partition("=")
        if word in ("with", "as", "by") and word not in named:
            if not rest:
                raise ScenarioError(f"{word}: nothing follows; accepted: {word} NAME")
            named[word] = rest.pop(0)
        elif separator and name in _OPTIONS[kind]:
            quorum["timeout_us" if name == "timeout" else name] = (
                span_us(value) if name == "timeout" else number(name, value)
            )
        else:
            raise unknown_word("option", word, ["with", "as", "by", *(f"{each}=" for each in _OPTIONS[kind])])
    return named, quorum


def _retry(scene: Scene, words: list[str]) -> Iterable[str]:
    (label,) = exactly(words, 1, "retry LABEL")
    operation = scene.clients.labelled(label)
    _awake(scene, operation.node)
    scene.clients.retry(operation)
    return [f"{request(operation.request)}: no answer yet"] if operation.response is None else ()


_PUT_OPTIONS = "[with LABEL] [as LABEL] [by CLIENT] [w=] [pw=] [timeout=]"
COMMANDS = (
    Command("put", f"NODE KEY VALUE {_PUT_OPTIONS}", "Ask NODE to put; `with` a context, else blind.", _put),
    Command("get", "NODE KEY [as LABEL] [by CLIENT] [r=] [pr=] [timeout=]", "Ask NODE for all siblings.", _get),
    Command("delete", f"NODE KEY {_PUT_OPTIONS}", "Ask NODE to delete what the context has seen.", _delete),
    Command("retry", "LABEL", "The client of that request asks once more, with the same request id.", _retry),
)
