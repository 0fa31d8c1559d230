"""kept.prover.files: configurations in JSON, TOML and other stores' files; mistakes are named with the file."""

import json
from pathlib import Path

import pytest

from checkers.proofs.centres import Centres
from checkers.proofs.counts import Counts
from kept.lab.usage import UsageError
from kept.prover.files import load


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_one_configuration_of_json_or_toml(tmp_path: Path) -> None:
    expected = Counts(3, (2,), (2,), sloppy=True)
    for name, text in (
        ("a.json", '{"n": 3, "r": 2, "w": 2, "sloppy": true}'),
        ("a.toml", "n = 3\nr = 2\nw = 2\nsloppy = true\n"),
    ):
        (found,) = load(written(tmp_path, name, text), {})
        assert found.configuration() == expected
        assert found.title == name


def test_several_configurations_of_one_file_are_called_by_file_and_name(tmp_path: Path) -> None:
    many = {"configurations": [{"name": "carts", "n": 3, "r": 2, "w": 2}, {"n": 1, "r": 1, "w": 1}]}
    titles = [found.title for found in load(written(tmp_path, "all.json", json.dumps(many)), {})]
    assert titles == ["all.json[1]: carts", "all.json[2]"]
    bare = written(tmp_path, "list.json", json.dumps(many["configurations"]))
    assert len(load(bare, {})) == 2
    tables = written(
        tmp_path, "t.toml", "[[configurations]]\nn = 3\nr = 1\nw = 3\n[[configurations]]\nn = 3\nr = 3\nw = 1\n"
    )
    assert len(load(tables, {})) == 2


def test_flags_go_before_the_file_and_supply_what_it_leaves_open(tmp_path: Path) -> None:
    schema = "CREATE KEYSPACE k WITH replication = {'class': 'NetworkTopologyStrategy', 'eu': 3, 'us': 3};"
    path = written(tmp_path, "k.cql", schema)
    with pytest.raises(UsageError, match=r"k.cql: write: missing; accepted: ANY, ONE"):
        load(path, {})
    (found,) = load(path, {"write": "LOCAL_QUORUM", "read": "QUORUM"})
    assert found.configuration() == Centres({"eu": 3, "us": 3}, "LOCAL_QUORUM", "QUORUM")
    (changed,) = load(written(tmp_path, "a.json", '{"n": 3, "r": 2, "w": 2}'), {"w": 3})
    assert changed.configuration() == Counts(3, (2,), (3,))


def test_bucket_properties_as_riak_prints_them(tmp_path: Path) -> None:
    (found,) = load(written(tmp_path, "b.json", '{"props": {"n_val": 3, "r": "quorum", "pw": 1, "name": "x"}}'), {})
    assert found.configuration() == Counts(3, (2,), (2,), pw=1, sloppy=True, synced=2)


def test_files_of_other_stores_are_told_by_their_end(tmp_path: Path) -> None:
    conf = written(tmp_path, "riak.conf", "buckets.default.n_val = 3\n")
    xml = written(
        tmp_path,
        "stores.xml",
        "<store><name>s</name><replication-factor>3</replication-factor>"
        "<required-reads>1</required-reads><required-writes>1</required-writes></store>",
    )
    assert [
        found.config.title if hasattr(found, "config") else found.title
        for path in (conf, xml)
        for found in load(path, {})
    ] == [
        "riak.conf",
        "stores.xml: s",
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.yaml", "n: 3", "ends in .yaml; accepted: .json, .toml, .conf, .xml, .cql"),
        ("a.json", "{", "line 1, column 2: "),
        ("a.json", '{"n": 3, "n": 4}', "n: given twice; accepted: once"),
        ("a.json", '{"n": NaN}', "NaN is no number"),
        ("a.json", "[]", "configurations: none"),
        ("a.json", "[3]", "3; accepted: an object"),
        ("a.json", '{"configurations": [], "n": 3}', "n: beside configurations"),
        ("a.json", '{"n": 3, "r": 4, "w": 1}', "r: 4; accepted: 1 to 3 (N)"),
        ("a.json", '{"n": 3, "rr": 4}', "rr: unknown field"),
        ("a.json", '{"name": 3}', "name: 3; accepted: text"),
        ("a.json", "[" * 100_000, "nested too deep"),
        ("a.toml", "n = ", "accepted: TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_file(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(UsageError) as error:
        load(path, {})
    assert str(error.value).startswith(str(path))
    assert says in str(error.value)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="byte 1 is no UTF-8"):
        load(tmp_path / "a.json", {})
    (tmp_path / "d.json").mkdir()
    with pytest.raises(UsageError, match="a directory; accepted: a file"):
        load(tmp_path / "d.json", {})
