"""Kernels are compiled once and their code is kept."""

import pytest


def test_a_kernel_gives_what_its_python_gives_and_is_kept_on_disk():
    pytest.importorskip("numba")
    import numpy as np

    from checkers.linearizability.frontier_kernel import _bits

    words = [0, 1, 3, 0xFFFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0001, 0x5555_0000_AAAA_0003]
    assert [_bits(np.uint64(word)) for word in words] == [word.bit_count() for word in words]
    assert _bits.stats.cache_path
