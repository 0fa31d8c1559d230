"""kept.lab.sweep: consecutive seeds, sums, and what is written where."""

from pathlib import Path

from histories.jsonl import read_run
from kept.lab.config import RunConfig
from kept.lab.schedule import load_schedule
from kept.lab.sweep import BUDGET, INTERRUPTED, OutOfTime, Sweep
from kept.lab.trial import claims_of

SMALL = RunConfig(seed=11, ops=30, clients=2, keys=3)


def sweep(directory: Path, seeds: int, config: RunConfig = SMALL) -> Sweep:
    return Sweep(config, claims_of(config), seeds, directory)


def test_a_single_seed_is_streamed_while_it_runs(tmp_path: Path) -> None:
    one = sweep(tmp_path / "run", 1)
    seen = []
    one.execute(lambda seeds, done, wanted: seen.append((seeds, done, wanted, (tmp_path / "run").exists())))
    assert seen[0] == (0, 0, 30, False)
    assert (tmp_path / "run" / "history.jsonl").exists(), "before anybody saves it"
    one.save()
    assert load_schedule(tmp_path / "run").history_sha256 == one.last.history_sha256 if one.last else False


def test_many_seeds_write_nothing_until_they_are_saved_and_then_the_last(tmp_path: Path) -> None:
    many = sweep(tmp_path / "run", 3)
    many.execute()
    assert not (tmp_path / "run").exists()
    assert (many.done, many.seed, many.stopped) == (3, 13, "")
    many.save()
    assert read_run(tmp_path / "run").history.header.seed == many.configuration.seed == 13
    assert sum(many.outcomes.values()) == 90


def test_what_is_written_later_is_what_is_streamed(tmp_path: Path) -> None:
    later = sweep(tmp_path / "later", 2)
    later.execute()
    later.save()
    streamed = sweep(tmp_path / "streamed", 1, SMALL.model_copy(update={"seed": 12}))
    streamed.execute()
    streamed.save()
    for name in ("history.jsonl", "trace.jsonl", "replicas.jsonl", "schedule.json"):
        assert (tmp_path / "later" / name).read_bytes() == (tmp_path / "streamed" / name).read_bytes()


def test_a_sweep_that_is_stopped_keeps_the_run_that_was_broken_off(tmp_path: Path) -> None:
    for error, why in ((KeyboardInterrupt, INTERRUPTED), (OutOfTime, BUDGET)):

        def stop(seeds: int, _done: int, _wanted: int, error: type[BaseException] = error) -> None:
            if seeds == 1:
                raise error

        stopped = sweep(tmp_path / why, 3)
        stopped.execute(stop)
        assert (stopped.stopped, stopped.done) == (why, 1)
        stopped.save()


def test_a_run_that_is_broken_off_is_saved_as_far_as_it_got(tmp_path: Path) -> None:
    config = SMALL.model_copy(update={"ops": 600})

    def stop(seeds: int, done: int, _wanted: int) -> None:
        if seeds == 1 and done:
            raise KeyboardInterrupt

    stopped = sweep(tmp_path / "run", 3, config)
    stopped.execute(stop)
    assert stopped.broken is not None
    stopped.save()
    run = read_run(tmp_path / "run")
    assert run.history.header.seed == stopped.configuration.seed == 12
    assert 200 < len(run.operations) < 600
    assert not (tmp_path / "run" / "schedule.json").exists()
