"""The one place where random numbers come from: generators that are named and seeded.

Each user (a link's sender, a machine's disk, the nemesis, a client) draws from a stream of its own, named after it.
What one of them draws does not depend on how often another one did, so a schedule with one fault less, or one client
less, is still nearly the same run: that is what makes counterexamples shrink.
"""

import random

Stream = random.Random


def stream(seed: int, *name: object) -> Stream:
    """The generator called `name` of the run with this seed: the same numbers in every process, on every machine."""
    return random.Random("/".join(["kept", str(seed), *map(str, name)]))
