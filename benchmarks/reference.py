"""The reference model alone against the zoo, and what it costs: the table of docs/reference-model.md."""

from statistics import median
from time import process_time

from checkers import reference
from checkers.verdict import Invalid, Valid
from kept.lab.config import RunConfig
from kept.lab.run import recorded
from kept.lab.trial import Trial, finish, prepare
from kept.zoo.catalogue import BUGS, claims, configure

SEEDS = 12


def table(seeds: int = SEEDS) -> None:
    """For each bug, in how many of the first seeds the claims that it breaks fail, and in how many of these, and of
    the others, the model alone refuses something."""
    print("| bug | claims | model, of these | model, of the others | first refusal under |")
    print("|---|---|---|---|---|")
    for name in BUGS:
        runs = [_run(name, seed) for seed in range(seeds)]
        broken = [bool(set(trial.violated) & set(BUGS[name].breaks)) for trial in runs]
        refused = [isinstance(trial.verdicts[reference.CLAIM], Invalid) for trial in runs]
        both = sum(a and b for a, b in zip(broken, refused, strict=True))
        rule = next((_rule(trial) for trial, found in zip(runs, refused, strict=True) if found), "")
        print(f"| `{name}` | {sum(broken)} of {seeds} | {both} of {sum(broken)} | {sum(refused) - both} | {rule} |")


def _run(name: str, seed: int) -> Trial:
    config = configure(RunConfig(bug=name, seed=seed))
    return finish(prepare(config), claims(config))


def _rule(trial: Trial) -> str:
    verdict = trial.verdicts[reference.CLAIM]
    assert isinstance(verdict, Invalid), "the model refused it"
    fact = verdict.counterexample.facts[0]
    assert isinstance(fact, reference.Refused), "its facts are refusals"
    return fact.rule


SWEEP: tuple[dict[str, object], ...] = (
    {},
    {"sloppy": False},
    {"sloppy": False, "read_repair": "blocking"},
    {"pr": 2, "read_repair": "blocking", "workload": "delete"},
    {"versions": "vv"},
    {"versions": "lww"},
    {"workload": "delete"},
    {"workload": "delete", "sloppy": False},
    {"workload": "blind", "sloppy": False},
    {"rings": 2, "nodes": 6},
    {"beyond": True},
    {"limits": "tight"},
    {"strategy": "swarm"},
    {"anti_entropy": False},
)
"""Configurations of the store as it is, which the model must find nothing in."""


def sweep(seeds: int = SEEDS) -> None:
    """Runs of the store as it is under all faults, each under its own configuration's terms; and the cost."""
    done, spent = 0, []
    for seed in range(seeds):
        for fields in SWEEP:
            run = recorded(
                prepare(RunConfig.model_validate({"seed": seed, "ops": 800, "keys": 12, **fields})).execute(), None
            )
            began_s = process_time()
            verdict = reference.check(run)
            spent.append((process_time() - began_s) / len(run.operations) * 1e6)
            done += 1
            if not isinstance(verdict, Valid):
                print(f"seed {seed} {fields}: {verdict}")
    print(
        f"{done:,} runs of 800 operations; "
        f"{median(spent):.1f} us of one core an operation ({min(spent):.1f}-{max(spent):.1f})"
    )


def main() -> None:
    """Both."""
    sweep()
    table()
