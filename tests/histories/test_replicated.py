"""Each store gives its guarantee and no more: what a copy has heard decides what it shows."""

from random import Random

import pytest

from histories.replicated import NOTHING, Atomic, Causal, Concurrent, Convergent, Fifo, Remembering


def test_one_copy_returns_what_was_written_last_or_with_a_lag_one_of_the_last():
    store, late = Atomic(Random(1)), Atomic(Random(1), lag=2)
    assert store.read(0, "x", 0) is NOTHING
    for value in range(5):
        store.write(0, "x", value, 0, False)
        late.write(0, "x", value, 0, False)
    assert {store.read(1, "x", 1) for _ in range(20)} == {4}
    assert {late.read(1, "x", 1) for _ in range(50)} == {2, 3, 4}


@pytest.mark.parametrize("kind", [Fifo, Causal, Convergent, Concurrent])
def test_a_copy_shows_what_its_own_client_wrote(kind):
    store = kind(Random(2), 3)
    store.write(1, "x", 7, 1, False)
    assert store.read(1, "x", 1) == 7


def chains(kind, count=400):
    """How often client 2 reads y, which follows x, and then still finds no x."""
    lost = 0
    for seed in range(count):
        store = kind(Random(seed), 3)
        store.write(0, "x", 1, 0, False)
        for _ in range(6):
            if store.read(1, "x", 1) == 1:
                store.write(1, "y", 2, 1, False)
                break
        if store.read(2, "y", 2) == 2:
            lost += store.read(2, "x", 2) is NOTHING
    return lost


def test_fifo_loses_causes_and_causal_delivery_does_not():
    assert chains(Fifo) > 0
    assert chains(Causal) == chains(Convergent) == chains(Concurrent) == 0


def settled(kind, seed):
    """What all clients read once everything was heard."""
    store = kind(Random(seed), 3)
    for client in range(3):
        store.write(client, "x", client, client, False)
    return [[store.read(client, "x", client) for _ in range(30)][-5:] for client in range(3)]


def test_clocks_make_copies_agree_and_without_them_they_need_not():
    assert all(len({read[-1] for read in settled(Convergent, seed)}) == 1 for seed in range(30))
    assert any(len({read[-1] for read in settled(Causal, seed)}) > 1 for seed in range(30))
    assert any(len(set(read)) > 1 for seed in range(30) for read in settled(Concurrent, seed))


@pytest.mark.parametrize(
    ("guarantee", "kept"),
    [("read-your-writes", {2}), ("monotonic-reads", {NOTHING, 1, 2}), ("monotonic-writes", {NOTHING, 1, 2})],
)
def test_a_remembering_store_returns_whatever_its_guarantee_allows(guarantee, kept):
    found = set()
    for seed in range(40):
        store = Remembering(Random(seed), guarantee)
        store.write(0, "x", 1, 0, False)
        store.write(0, "x", 2, 0, False)
        found.add(store.read(0, "x", 0))
    assert found == kept
