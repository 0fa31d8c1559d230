#!/usr/bin/env python3
"""Everything a developer runs, from a machine that has only Python 3.11 or later: `python3 dev.py VERB`.

The first call makes `.venv/`, installs the hash-pinned lock (`requirements.txt`) and this project into it, and marks
it with a digest of both. Later calls find the mark and start at once; a changed lock installs again; an environment
that was left half-made is made anew. Words of this script go to standard error, those of the command it runs are
its own, and so is the exit code.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("dev.py: kept needs Python 3.11 or later; this is Python {}.{}".format(*sys.version_info))

import contextlib
import difflib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

USAGE = """usage: python3 dev.py VERB [ARGUMENT...]

  demo               a run under faults that keeps every acknowledged write, and one that is caught losing some
  test [PYTEST...]   the tests (python3 dev.py test --cov for branch coverage)
  lint               style, types, import contracts, determinism
  bench [ARGUMENT..] the benchmarks
  regress [--refresh] replay the regression corpus, or make its counterexamples of the zoo anew
  nightly [SEED]     2,000 runs from SEED (0), each of another cluster, under every recoverable fault
  kept ARGUMENT...   the kept command itself, as .venv/bin/kept
"""

DEMO_HOLDS = ["run", "--seed", "3"]
DEMO_CAUGHT = ["run", "--versions", "lww", "--claim", "no-lost-write", "--faults", "clock-offset", "--seed", "3"]

NIGHTLY_SEEDS = "2000"

EXIT_VIOLATED, EXIT_USAGE, EXIT_UNAVAILABLE, EXIT_INTERRUPTED = 1, 64, 69, 130
GRACE_S = 15
"""How long an interrupted command may take to save what it found before it is ended."""

PIP_OPTIONS = ("--quiet", "--no-input", "--disable-pip-version-check")
QUIET = """
import runpy, sys
try:
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
except KeyboardInterrupt:
    sys.exit(130)
"""
"""`python -m` without a traceback where the user interrupts."""

Command = list[str]


def say(text: str) -> None:
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / ".venv"
        self.bin = self.home / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / ("python.exe" if os.name == "nt" else "python")
        self.mark = self.home / "kept-installed"
        """What was installed, written last."""
        self.unfinished = self.home / "kept-unfinished"
        """Stands from before the first file is installed until after the last: whoever finds it starts anew."""

    def fingerprint(self) -> str:
        """The place (scripts and the editable install point to it) and the digest of what has to be installed."""
        digest = hashlib.sha256()
        for name in ("requirements.txt", "pyproject.toml"):
            content = (self.root / name).read_bytes()
            digest.update(b"%d\n" % len(content) + content)
        return f"{self.home}\n{digest.hexdigest()}\n"

    def marked(self) -> str:
        return self.mark.read_text(encoding="utf-8") if self.mark.is_file() else ""

    def ready(self) -> bool:
        return self.python.exists() and not self.unfinished.exists() and self.marked() == self.fingerprint()

    def reusable(self) -> bool:
        """Whether what is there can be installed into: whole, in the place it was made for, with pip."""
        moved = self.marked() and self.marked().splitlines()[0] != str(self.home)
        if moved or self.unfinished.exists() or not self.python.exists():
            return False
        probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([self.python, "-c", probe], check=False, capture_output=True).returncode == 0

    def prepare(self) -> int:
        """Make the environment ready; 0, or the exit code of the step that failed."""
        if self.ready():
            return 0
        with exclusive(self.root / "pyproject.toml"):
            if self.ready():  # somebody else made it while we waited
                return 0
            if not self.reusable():
                code = self.create()
                if code != 0:
                    return code
            return self.install()

    def create(self) -> int:
        """An empty environment in place of whatever was there."""
        builtin = has_module("venv") and has_module("ensurepip")
        if not builtin and not has_module("pip"):
            version = "{}.{}".format(*sys.version_info)
            say(
                "this Python has neither venv nor pip; install one of them "
                f"(Debian and Ubuntu: apt-get install python{version}-venv; Fedora: dnf install python3-pip)"
            )
            return EXIT_UNAVAILABLE
        if self.home.exists() or self.home.is_symlink():
            say(f"{self.home} is not whole or stands in the wrong place: making it anew")
            self.home.unlink() if self.home.is_symlink() else shutil.rmtree(self.home)
        self.home.mkdir()
        self.unfinished.touch()
        say(f"making {self.home}")
        base = str(getattr(sys, "_base_executable", None) or sys.executable)  # never the one just deleted
        if builtin:
            return run(module(base, "venv", str(self.home)), stdout=sys.stderr)
        return self.create_with_virtualenv(base)

    def create_with_virtualenv(self, base: str) -> int:
        """Some distributions ship Python without `venv` or `ensurepip`; virtualenv carries its own pip."""
        say("this Python has no venv: fetching virtualenv")
        with tempfile.TemporaryDirectory() as folder:
            fetch = module(base, "pip", "install", *PIP_OPTIONS, "--target", folder, "virtualenv")
            make = module(base, "virtualenv", "--quiet", str(self.home))
            path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
            return run(fetch, stdout=sys.stderr) or run(make, stdout=sys.stderr, PYTHONPATH=path)

    def install(self) -> int:
        """Install exactly the lock, then this project; mark the environment when both are done."""
        fingerprint = self.fingerprint()  # taken first: a lock that changes meanwhile installs again next time
        self.unfinished.touch()
        say("installing requirements.txt (about a minute, only when it changed)")
        lock = ("--require-hashes", "-r", str(self.root / "requirements.txt"))
        project = ("--no-deps", "--no-build-isolation", "-e", str(self.root))
        for what in (lock, project):
            command = module(str(self.python), "pip", "install", *PIP_OPTIONS, *what)
            code = run(command, stdout=sys.stderr, PIP_USER="0")
            if code != 0:
                say(f"pip install {' '.join(what)}: exit code {code}; the next call starts anew")
                return code
        written = self.mark.with_suffix(".new")
        written.write_text(fingerprint, encoding="utf-8")
        written.replace(self.mark)
        self.unfinished.unlink()
        return 0


def module(python: str, name: str, *arguments: str) -> Command:
    """Run a module that makes environments. Nothing is imported from the current folder (-P)."""
    return [python, "-P", "-c", QUIET, name, *arguments]


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the one lock on `path`, so that two calls never install at once. A system without fcntl does without."""
    with path.open("rb") as file:  # the lock ends with the open file, also when this process is killed
        if has_module("fcntl"):
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(command: Command, cwd: Path | None = None, stdout: IO[str] | None = None, **variables: str) -> int:
    """Run a command to its end: its exit code, 128 + n where signal n ended it, 130 where the user interrupted."""
    with subprocess.Popen(command, cwd=cwd, stdout=stdout, env={**os.environ, **variables}) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt:  # a terminal interrupts the command as well: let it save what it found
            with contextlib.suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
                process.wait(timeout=GRACE_S)
            return EXIT_INTERRUPTED
        finally:
            if process.poll() is None:
                end_gently(process)
    if code == -signal.SIGINT:
        return EXIT_INTERRUPTED
    return 128 - code if code < 0 else code


def end_gently(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=GRACE_S)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        process.kill()


class Verbs:
    """What each verb runs in a ready environment."""

    def __init__(self, environment: Environment, run: Callable[..., int] = run) -> None:
        self.environment = environment
        self._run = run

    def call(self, *command: str | Path) -> int:
        """Run a command of the environment in the project's root."""
        path = os.pathsep.join((str(self.environment.bin), os.environ.get("PATH", os.defpath)))
        variables = {"PATH": path, "VIRTUAL_ENV": str(self.environment.home)}
        return self._run([str(part) for part in command], cwd=self.environment.root, **variables)

    def python(self, module: str, *arguments: str) -> int:
        return self.call(self.environment.python, "-m", module, *arguments)

    def kept(self, *arguments: str) -> int:
        return self.call(self.environment.bin / "kept", *arguments)

    def bench(self, *arguments: str) -> int:
        return self.python("benchmarks", *arguments)

    def regress(self, *arguments: str) -> int:
        return self.python("tools.regress", *arguments)

    def nightly(self, *arguments: str) -> int:
        """What continuous integration runs a slice of. Stops at the first violation, which it explains and saves."""
        if len(arguments) > 1 or not all(argument.isdecimal() for argument in arguments):
            say(f"nightly: {' '.join(arguments)!r}; accepted: nothing, or the first seed")
            return EXIT_USAGE
        seed = arguments[0] if arguments else "0"
        return self.kept(
            "run", "--strategy", "swarm", "--seed", seed, "--seeds", NIGHTLY_SEEDS, "--out", "kept-runs/nightly"
        )

    def test(self, *arguments: str) -> int:
        """Two workers: what a small machine has. Arguments come last, so `-n 0 tests/test_dev.py` does what it says."""
        return self.python("pytest", "-n", "2", "--dist", "worksteal", "--durations", "10", *arguments)

    def lint(self) -> int:
        """Every step runs, so one call tells everything; the first failure's exit code is returned."""
        steps: list[tuple[str, Callable[[], int]]] = [
            ("ruff check", lambda: self.python("ruff", "check", ".")),
            ("ruff format --check", lambda: self.python("ruff", "format", "--check", ".")),
            ("mypy --strict", lambda: self.python("mypy", "--strict")),
            ("import contracts", lambda: self.call(self.environment.bin / "lint-imports")),
            ("determinism", lambda: self.python("tools.determinism")),
        ]
        first, failed = 0, []
        for name, step in steps:
            say(f"lint: {name}")
            code = step()
            if code == EXIT_INTERRUPTED:
                return code
            if code != 0:
                failed.append(f"{name} ({code})")
                first = first or code
        say(f"lint: failed: {', '.join(failed)}" if failed else "lint: all steps passed")
        return first

    def demo(self) -> int:
        """A store that keeps what it acknowledged, then one that does not and is caught: 0 exactly if both are so."""
        say(f"kept {' '.join(DEMO_HOLDS)}  (must hold)")
        holds = self.kept(*DEMO_HOLDS)
        if holds == EXIT_INTERRUPTED:
            return holds
        say(f"kept {' '.join(DEMO_CAUGHT)}  (must be caught)")
        caught = self.kept(*DEMO_CAUGHT)
        as_promised = (holds, caught) == (0, EXIT_VIOLATED)
        say(
            "demo: as promised: the first run kept every acknowledged write (exit 0), "
            "the second was caught losing some (exit 1)"
            if as_promised
            else f"demo: NOT as promised: exit codes {holds} and {caught} instead of 0 and 1"
        )
        return 0 if as_promised else holds or caught or EXIT_VIOLATED


def main(arguments: Command) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE, end="", file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else EXIT_USAGE
    verb, *rest = arguments
    environment = Environment(Path(__file__).resolve().parent)
    verbs = Verbs(environment)
    known = {name: getattr(verbs, name) for name in ("demo", "test", "lint", "bench", "regress", "nightly", "kept")}
    if verb not in known:
        near = difflib.get_close_matches(verb, known, n=1)
        say(f"no verb {verb!r}; accepted: {', '.join(known)}" + (f" (did you mean {near[0]}?)" if near else ""))
        return EXIT_USAGE
    if rest and verb in ("demo", "lint"):
        say(f"{verb} takes no arguments; found {rest[0]!r}")
        return EXIT_USAGE
    return environment.prepare() or known[verb](*rest)


def end(signal_number: int, _frame: object) -> None:
    """Ended from outside: leave by an exception, so that the command that runs is ended too."""
    sys.exit(128 + signal_number)


def start() -> None:
    signal.signal(signal.SIGTERM, end)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    start()
