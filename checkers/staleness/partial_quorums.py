"""Quorums that need not meet, in closed form: what no delay enters (PBS, sections 3.1 to 3.3).

A write is held by W of N replicas, any W with equal chance, and by no others, ever; a read asks R, chosen likewise.
Real stores go on bringing a write to the other replicas, so this is the worst that reads can do, however soon after a
write they come. (The paper's equation 4 prints C(N-W, N) where C(N-W, R) is meant.)
"""

from math import comb


def missed(n: int, r: int, w: int) -> float:
    """The probability that a read meets none of the replicas that hold one given write."""
    assert 1 <= r <= n
    assert 1 <= w <= n
    return comb(n - w, r) / comb(n, r)


def within(n: int, r: int, w: int, k: float) -> float:
    """The probability that a read returns one of the last k writes, whose quorums were chosen independently."""
    assert k > 0
    return 1.0 - float(missed(n, r, w) ** k)


def monotonic(n: int, r: int, w: int, writes_per_read: float) -> float:
    """The probability that a read of a client returns nothing older than its last read of that key, where all clients
    write the key so many times between two reads of one client."""
    assert writes_per_read >= 0
    return within(n, r, w, 1.0 + writes_per_read)
