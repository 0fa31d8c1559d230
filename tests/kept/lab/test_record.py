"""kept.lab.record: the files of a run in memory are those that the run on disk writes."""

from pathlib import Path

from kept.lab.config import RunConfig
from kept.lab.record import files_of
from kept.lab.trial import claims_of, finish, prepare


def test_a_run_in_memory_has_the_files_of_one_on_disk(tmp_path: Path) -> None:
    config = RunConfig(seed=3, ops=40)
    claims = claims_of(config)
    on_disk = finish(prepare(config, tmp_path), claims, tmp_path)
    on_disk.schedule().save(tmp_path)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert files_of(finish(prepare(config), claims)) == written
    assert sorted(written) == ["history.jsonl", "replicas.jsonl", "schedule.json", "trace.jsonl"]
