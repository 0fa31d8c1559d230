"""`kept prove`: proofs and refutations of quorum configurations, from the command line to the exit code."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import click

from checkers.proofs.protocol.proof import scripts as obligations
from checkers.proofs.solving import Result, SolverMissing, Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import Problem
from checkers.wording import plural
from kept.cli import everything, exits
from kept.cli.console import Console
from kept.cli.proving import Asked, asked
from kept.lab.usage import UsageError, shown
from kept.prover import certificates
from kept.prover.prove import Proof, prove
from kept.report import protocol as told
from kept.report import proved
from kept.report.junit import junit
from kept.report.proofdocument import ProveDocument, StageDocument
from kept.staged import programme
from kept.staged.rehearsal import Rehearsal

Proved = tuple[ProveDocument, list[Problem], dict[str, str]]
"""What is told, the questions of the counting layer, and the scripts of the protocol layer."""

_FLAGS = (
    ("n", "INT|A..B", "Replicas of every key."),
    ("r", "INT|A..B|INT,INT", "Replies that a get waits for; with commas, classes of gets in use at once."),
    ("w", "INT|A..B|INT,INT", "Acknowledgements that a put waits for; likewise."),
    ("pr", "INT", "How many of R must come from owners that answered."),
    ("pw", "INT", "How many of W must come from owners that answered."),
    ("nodes", "INT", "Nodes in all, which bounds the fallbacks.  [default: as many as it takes]"),
    ("hinted_writes", "INT", "Acknowledgements that may come from fallbacks.  [default: all that PW leaves]"),
    ("hinted_reads", "INT", "Replies that may come from fallbacks.  [default: all that PR leaves]"),
    ("undelivered", "INT", "Hints that are still under way while a get asks owners only."),
    ("lose_disks", "INT", "Disks that are lost for good."),
    ("restarts", "INT", "Nodes that restart, acknowledgements coming from memory."),
    ("synced", "INT", "Acknowledgements of the W that waited for the disk.  [default: all; with --restarts none]"),
    ("replace", "INT", "Dead replicas that are replaced by empty ones."),
    ("lose_machines", "INT", "Machines that are lost with all their replicas."),
    ("per_machine", "INT", "Replicas of a key on one machine, at the most.  [default: 1]"),
    ("ring_change", "INT", "Members by which two preference lists differ."),
    ("counting", "one-list|per-list|union|union-plus", "Whose acknowledgements make W meanwhile.  [default: one-list]"),
    ("read_repair", "after|blocking|off", "Blocking: a get returns only what no later get can miss."),
    ("dc", "NAME=INT,...", "Replication factor of each data centre."),
    ("write", "LEVEL", "Cassandra's consistency level of writes."),
    ("read", "LEVEL", "Cassandra's consistency level of reads."),
    ("coordinators", "any|same", "Same: writer and reader ask one data centre.  [default: any]"),
    ("quorums", "EXPR", "Quorums such as 'a*b + c*d', choose(2, a, b, c), majority(...), rows(3, 4)."),
    ("write_quorums", "EXPR", "Quorums of puts.  [default: those of gets]"),
    ("weights", "NODE=INT,...", "Votes of each node; R and W are numbers of votes."),
    ("racks", "RACK=NODE,...;...", "Which nodes a rack takes with it."),
)


def _field_options(verb: Callable[..., int]) -> Callable[..., int]:
    for name, metavar, about in reversed(_FLAGS):
        verb = click.option(f"--{name.replace('_', '-')}", name, metavar=metavar, help=about)(verb)
    return verb


@click.command("prove")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@_field_options
@click.option(
    "--sloppy/--strict", "sloppy", default=None, help="Whether fallbacks stand in for owners.  [default: strict]"
)
@click.option("--all", is_flag=True, help="Prove both layers, counting and protocol, for every configuration at once.")
@click.option("--protocol", is_flag=True, help="Prove the protocol layer alone.")
@click.option("--solver", metavar="z3|cvc5|both", default="z3", help="Who is asked.  [default: z3]")
@click.option("--timeout", metavar="TIME", default="10s", help="For one question.  [default: 10s]")
@click.option("--certificate", metavar="DIR", help="Write scripts, Farkas certificates and their checker.")
@click.option("--out", metavar="DIR", help="Stage every counterexample in the real store, and save its schedule.")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--junit", metavar="PATH", help="Write a JUnit report.")
@click.option("--quiet", is_flag=True, help="Print only the verdict.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
def command(json: bool, quiet: bool, color: str, **given: Any) -> int:
    """Prove or refute what a quorum configuration promises: of flags, of FILEs (JSON, TOML, riak.conf, stores.xml,
    CQL), of ranges, or with --all of every configuration there is.

    Overlap is less than linearizability: what is NOT guaranteed is printed too. Exit 1: refuted, with named nodes.
    """
    console = Console(json, quiet, color)
    wanted = asked(given)
    begun = time.perf_counter()
    solvers = Solvers(wanted.solvers, wanted.timeout_ms, time.perf_counter)
    try:
        run = _everything if wanted.everything else _configurations
        document, problems, scripts = run(wanted, solvers, console, begun)
    except SolverMissing as error:
        raise UsageError(f"--solver: {error}") from None
    if wanted.certificate is not None:
        names = certificates.write(wanted.certificate, problems, scripts)
        console.say(f"  {len(names)} files in {shown(str(wanted.certificate))}: see {certificates.README}")
    if wanted.junit is not None:
        report = junit("prove", document.claims, document.duration_s, "")
        wanted.junit.write_text(report, encoding="utf-8")
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


def _configurations(wanted: Asked, solvers: Solvers, console: Console, begun: float) -> Proved:
    proofs = [prove(config, solvers) for config in wanted.configs]
    duration_s = time.perf_counter() - begun
    console.say(*(proved.story(proofs[0]) if len(proofs) == 1 else proved.table(proofs)), "")
    if wanted.left_out:
        console.say(
            f"  left out: {plural(wanted.left_out, 'combination')} with R or W above N, or otherwise no configuration"
        )
    stages = _staged(wanted, console, (one for at, proof in enumerate(proofs, 1) for one in _of(proof, at, wanted)))
    console.tell(proved.last_line(proofs, solvers.names, duration_s))
    several = len(proofs) > 1
    claims = tuple(
        proved.claim_document(one, proof.config.title if several else "")
        for proof in proofs
        for one in proof.judgements
        if one.decides
    )
    document = _document(wanted, (proof.result for proof in proofs), claims, duration_s)
    configurations = tuple(proved.configuration_document(proof) for proof in proofs)
    return document.model_copy(update={"configurations": configurations, "stages": stages}), _asked_of(proofs), {}


def _of(proof: Proof, at: int, wanted: Asked) -> Iterator[Rehearsal]:
    prefix = f"{at} {proof.config.title} " if len(wanted.configs) > 1 else ""
    return programme.of_configuration(proof.judgements, proof.config.per_machine, wanted.out, prefix)


def _staged(wanted: Asked, console: Console, runs: Iterator[Rehearsal]) -> tuple[StageDocument, ...]:
    """Every counterexample as a run of the store, where that is asked for."""
    if wanted.out is None:
        return ()
    rehearsals = list(runs)
    console.say(*told.stage_lines(rehearsals), "")
    return tuple(told.stage_document(one) for one in rehearsals)


def _asked_of(proofs: list[Proof]) -> list[Problem]:
    """The questions about every configuration, and the lemmas that their conditions rest on."""
    found: dict[str, Problem] = {}
    for at, proof in enumerate(proofs, 1):
        prefix = f"{at}-" if len(proofs) > 1 else ""
        for judgement in proof.judgements:
            name = judgement.name.partition(" ")[0]
            for number, outcome in enumerate(judgement.outcomes, 1):
                label = f"{prefix}{judgement.name}" + (f"-{number}" if len(judgement.outcomes) > 1 else "")
                found[label] = outcome.problem.named(label)
            if name in LEMMAS:
                found |= {problem.name: problem for problem in LEMMAS[name].obligations()}
    return list(found.values())


def _everything(wanted: Asked, solvers: Solvers, console: Console, begun: float) -> Proved:
    """Both layers, or the protocol alone."""
    found = None if wanted.protocol else everything.counting(solvers, console.say)
    protocol = everything.protocols(solvers, console.say)
    duration_s = time.perf_counter() - begun
    rows = () if found is None else found.rows
    stages = _staged(wanted, console, chain(programme.of_beliefs(rows, wanted.out), programme.of_mutants(wanted.out)))
    results = [*(() if found is None else found.results), protocol.result]
    claims = (*(() if found is None else found.claims), *told.protocol_claims(protocol))
    document = _document(wanted, results, claims, duration_s)
    undecided = sum(result != "proved" for result in results)
    word = {"valid": "valid    ", "invalid": "INVALID  ", "unknown": "unknown  "}[document.verdict]
    layers = f"{len(protocol.promises)} promises of the protocol"
    layers = layers if found is None else f"{len(rows)} lemmas, {len(found.cells)} pairs of levels, {layers}"
    result = "all proved" if not undecided else f"{undecided} not proved"
    console.say("")
    console.tell(f"{word}{layers}: {result} ({', '.join(solvers.names)}, {duration_s:.2f} s)")
    levels = () if found is None else tuple(proved.levels_document(cell) for cell in found.cells)
    update = {"levels": levels, "protocol": told.protocol_document(protocol), "stages": stages}
    scripts = obligations() if wanted.certificate is not None else {}
    return document.model_copy(update=update), [] if found is None else found.problems, scripts


def _document(wanted: Asked, results: Iterable[Result], claims: Any, duration_s: float) -> ProveDocument:
    verdict = proved.overall(results)
    return ProveDocument(
        verdict=verdict,
        exit_code=exits.exit_code(verdict),
        claims=claims,
        solvers=wanted.solvers,
        certificates="" if wanted.certificate is None else str(wanted.certificate),
        duration_s=round(duration_s, 3),
    )
