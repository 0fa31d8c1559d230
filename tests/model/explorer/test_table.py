import os
import subprocess
import sys
from random import Random

import numpy as np
import pytest

from model.explorer.ancestry import Ancestry
from model.explorer.table import FingerprintTable


def test_fingerprints_are_numbered_in_order_one_at_a_time_or_many_at_once():
    chance, one, many = Random(1), FingerprintTable(), FingerprintTable()
    known: dict[int, int] = {}
    for _ in range(150):
        batch = [chance.randrange(3000) for _ in range(chance.randrange(400))]
        fresh = []
        for at, fingerprint in enumerate(batch):
            assert one.add(fingerprint) == known.get(fingerprint, -1)
            if fingerprint not in known:
                known[fingerprint] = len(known)
                fresh.append(at)
        assert many.add_many(np.array(batch, np.uint64)).tolist() == fresh
    for fingerprint, number in known.items():
        assert one.get(fingerprint) == many.get(fingerprint) == number
    assert one.get(9999) == -1
    assert many.missing(np.array([9999, *known, 9999, 9998], np.uint64)) == 3
    assert len(one) == len(many) == len(known)


def test_fingerprints_that_fall_into_one_slot_are_told_apart():
    # Multiples of the inverse of the mixing constant begin at the same slot.
    inverse = pow(0x9E3779B97F4A7C15, -1, 2**64)
    close = [(number * inverse) % 2**64 for number in range(1, 300)]
    one, many = FingerprintTable(), FingerprintTable()
    assert [one.add(mark) for mark in close] == [-1] * len(close)
    assert len(many.add_many(np.array(close, np.uint64))) == len(close)
    assert [one.get(mark) for mark in close] == [many.get(mark) for mark in close] == list(range(len(close)))


def test_the_fingerprint_zero_is_a_fingerprint():
    table = FingerprintTable()
    assert (table.add(0), table.add(0), table.get(0)) == (-1, 0, 0)


def test_a_restored_table_goes_on_as_the_first_would():
    chance = Random(2)
    first, second = FingerprintTable(), FingerprintTable()
    marks = [chance.getrandbits(64) for _ in range(5000)]
    for mark in marks:
        first.add(mark)
    second.restore(first.snapshot())
    assert [second.get(mark) for mark in marks] == list(range(5000))
    assert second.add(1) == first.add(1) == -1
    assert second.get(1) == first.get(1) == 5000


@pytest.mark.parametrize("count", [10_000, 60_000])
def test_a_stored_state_takes_at_most_64_bytes_with_its_ancestry(count):
    import tracemalloc

    marks = np.random.default_rng(3).integers(1, 2**64, count, dtype=np.uint64)
    table, ancestry = FingerprintTable(), Ancestry()
    numbers = [int(mark) for mark in marks[:1000]]
    tracemalloc.start()
    for mark in numbers:
        table.add(mark)
    for start in range(1000, count, 1000):
        table.add_many(marks[start : start + 1000])
    for _ in range(count):
        ancestry.append(7, 3)
    stored, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stored / count <= 64
    assert table.nbytes + ancestry.nbytes <= stored * 1.05
    assert table.nbytes + ancestry.nbytes >= 0.9 * stored


def test_fingerprints_do_not_depend_on_the_hash_seed():
    program = (
        "from model.abstract.register import REGISTER, register_instance as i\n"
        "from model.explorer.abstract import AbstractSystem, Lanes\n"
        "from model.explorer.columns import fingerprints\n"
        "s = AbstractSystem(REGISTER, i({'a': ['put'], 'b': ['get']}), symmetric=('Server',))\n"
        "start = next(s.initial())\n"
        "print([(str(l), s.fingerprint(a)) for l, a in s.steps(start)])\n"
        "print(fingerprints(Lanes(REGISTER, s.instance).first))\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "99")
    ]
    assert told[0] == told[1] == told[2]
    assert told[0].count("\n") == 2
