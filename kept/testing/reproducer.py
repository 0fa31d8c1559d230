"""The runnable test of a failing example: the rules that hypothesis called, as a test function that calls them."""

import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable
from pathlib import Path

INDENT = "    "


def name_of(machine: type, what: str) -> str:
    """``CartMachine`` and ``no-lost-write`` make ``test_cart_machine_no_lost_write``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", machine.__name__)
    return re.sub(r"\W+", "_", f"test_{words}_{what}").lower()


def source(machine: type, what: str, steps: Iterable[str], seed: int) -> str:
    """A module with one test that makes the machine and calls the rules. It fails as long as the example does."""
    lines = [line for step in steps for line in step.splitlines()]
    body = "\n".join(f"{INDENT}{line}" for line in (*lines, "state.teardown()"))
    made = f"{INDENT}state = {machine.__name__}(seed={seed})"
    return f"{_import(machine)}\n\n\ndef {name_of(machine, what)}():\n{made}\n{body}\n"


def _import(machine: type) -> str:
    """How another module gets at the class: by the name of its module, or by its file."""
    name, module = machine.__name__, machine.__module__
    if "." in machine.__qualname__:
        return f"# {machine.__qualname__} is made inside a function: paste this beside it"
    if _found(module):
        return f"from {module} import {name}"
    place = Path(inspect.getfile(machine))
    return (
        f"import importlib.util\n\n"
        f"SPEC = importlib.util.spec_from_file_location({place.stem!r}, {str(place)!r})\n"
        f"MODULE = importlib.util.module_from_spec(SPEC)\n"
        f"SPEC.loader.exec_module(MODULE)\n"
        f"{name} = MODULE.{name}"
    )


def _found(module: str) -> bool:
    """Whether Python finds the module by its name, and it is the one that is loaded."""
    if module == "__main__":
        return False
    top = module.partition(".")[0]
    for folder in sys.path:
        place = Path(folder or ".", *module.split("."))
        if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file():
            loaded = getattr(sys.modules.get(module), "__file__", None)
            return loaded is None or Path(loaded).resolve() in (
                place.with_suffix(".py").resolve(),
                (place / "__init__.py").resolve(),
            )
    return importlib.util.find_spec(top) is not None and top == module
