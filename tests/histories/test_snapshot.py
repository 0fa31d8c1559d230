"""What a snapshot writes is what the reader of final states gives back."""

from pathlib import Path

from histories.header import RunHeader
from histories.jsonl import read_replicas
from histories.recorder import Recorder
from histories.run import REPLICAS_FILE
from histories.snapshot import Snapshot

TOKEN = (1 << 127) + 1
RING = {"strategy": 1, "n": 1, "partitions": 0, "members": [{"name": "n1", "tokens": [5, TOKEN]}]}


def test_states_hints_roots_and_ring_read_back(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, RunHeader(seed=1, config={}, created_by="x", code="y"))
    snapshot: Snapshot = recorder.replicas(True, 7, RING)
    snapshot.data("n1", b"k", {"b": 2, "a": 1}, [(("b", 2), b"v"), (("a", 1), None)])
    snapshot.hint("n2", "n1", b"\xff", {}, [])
    snapshot.roots("n1", {3: b"\x01\x02", 0: b""})
    recorder.close()
    read = read_replicas(tmp_path / REPLICAS_FILE)
    assert (read.header.settled, read.header.settled_after_us) == (True, 7)
    assert read.header.ring is not None
    assert read.header.ring.members[0].tokens == (5, TOKEN), "no token is rounded"
    data, hint = read.states
    assert (data.node, data.key, data.context) == ("n1", "k", {"a": 1, "b": 2})
    assert [(version.dot, version.value) for version in data.versions] == [(("a", 1), None), (("b", 2), "v")]
    assert (hint.node, hint.owner, hint.key) == ("n2", "n1", "\udcff")
    assert read.roots == {"n1": {"0": "", "3": "0102"}}
