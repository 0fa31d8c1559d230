import pytest

from model.abstract.promises import PROMISES

BROKEN: dict[str, dict[str, set[tuple[str, ...]]]] = {
    "fresh reads": {"done": {("get1",)}, "must": {("get1", "put1")}},
    "fresh deletes": {
        "done": {("get1",)},
        "must": {("get1", "del1")},
        "sgone": {("del1", "put1")},
        "got": {("get1", "put1")},
    },
    "no lost write": {"acked": {("put1",)}},
    "no lost sloppy write": {"sloppy": {("put1",)}},
    "no false loss": {"ggone": {("get1", "put1")}},
    "no false reaping": {"reaped": {("put1",)}},
    "no resurrection": {"reaped": {("put1",)}, "has": {("b", "put1")}},
}
MENDED: dict[str, dict[str, set[tuple[str, ...]]]] = {
    "fresh reads": {"got": {("get1", "put1")}},
    "fresh deletes": {"ggone": {("get1", "put1")}},
    "no lost write": {"dur": {("c", "put1")}},
    "no lost sloppy write": {"hint": {("f", "put1")}},
    "no false loss": {"over": {("put1",)}},
    "no false reaping": {"over": {("put1",)}},
    "no resurrection": {"gone": {("b", "put1")}},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_promise_is_broken_by_the_state_that_it_excludes_and_by_no_more(three, name):
    assert not three.allows(name, **BROKEN[name])
    assert three.allows(name, **BROKEN[name], **MENDED[name])


def test_every_promise_has_its_case():
    assert {promise.name for promise in PROMISES} == set(BROKEN) == set(MENDED)


def test_a_lost_disk_ends_only_the_promise_of_sloppy_writes(three):
    assert three.allows("no lost sloppy write", sloppy={("put1",)}, lost={()})
    assert not three.allows("no lost write", acked={("put1",)}, lost={()})
