"""The specifications by name, and what an initial value means to each."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from model.specifications.appending import AppendRegister
from model.specifications.counter import Counter
from model.specifications.multiregister import MultiRegister
from model.specifications.mutex import Mutex
from model.specifications.register import Register
from model.specifications.sets import GrowingSet
from model.specifications.specification import Specification


class Model(NamedTuple):
    """A specification that a history can be judged by."""

    make: Callable[[Any], Specification]
    """From the initial value."""
    initial: Any
    """Where nobody says otherwise."""
    wording: str
    by_key: bool = True
    """Whether the keys of a history are objects of their own, each judged alone (Horn and Kroening 2015)."""


def _registers(initial: Mapping[Any, Any]) -> MultiRegister:
    return MultiRegister(tuple(sorted(initial.items(), key=lambda item: str(item[0]))))


MODELS: Mapping[str, Model] = {
    "register": Model(Register, None, "one value: read, write, delete"),
    "cas-register": Model(Register, None, "one value: read, write, delete, compare-and-set"),
    "kv": Model(Register, None, "many keys, each a register: read, write, delete, compare-and-set"),
    "kv-append": Model(AppendRegister, "", "many keys, each a string: read, write, append"),
    "multi-register": Model(_registers, {}, "many registers, read and written by transactions", False),
    "mutex": Model(Mutex, False, "a lock: acquire, release"),
    "set": Model(lambda given: GrowingSet(frozenset(given)), (), "a set: add, delete, read"),
    "counter": Model(Counter, 0, "a sum: add, read"),
}

REGISTERS = ("register", "cas-register", "kv")


class UnknownModel(LookupError):
    """The caller named a model that does not exist; the message names the nearest one that does."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, MODELS, n=1)
        guess = f"; did you mean {near[0]}?" if near else ""
        super().__init__(f"no model is named {name!r}{guess} (models: {', '.join(MODELS)})")
        self.name = name


def model(name: str) -> Model:
    """The model of that name. Raises `UnknownModel`."""
    if name not in MODELS:
        raise UnknownModel(name)
    return MODELS[name]
