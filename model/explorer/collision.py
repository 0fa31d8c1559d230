"""The chance that two states share a fingerprint, so that one of them is missed.

Fingerprints of 64 bits behave like independent draws (the systems here mix them with that aim). Of k states, the
chance that any two collide is at most k(k-1)/2 / 2**64, the birthday bound; a collision hides at most what can only be
reached through the state that was missed (Holzmann 1991; Wolper and Leroy 1993, "Reliable hashing without collision
detection").
"""

BITS = 64


def chance_of_a_miss(states: int, exact: bool = False, bits: int = BITS) -> float:
    """At most this is the chance that a state was missed: 0 where fingerprints are `exact`, one to one with states."""
    return 0.0 if exact else min(1.0, states * (states - 1) / 2 / 2**bits)
