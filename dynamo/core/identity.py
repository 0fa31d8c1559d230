"""Identity: what a node finds on its own disk about itself, and whether it may go on under the name that stands there.

Its *incarnation* is the prefix of every actor that it brings to life, its *generation* counts its boots, and births are
counted under a lease (`dynamo.core.actors`). Only all three together say which names have been given.
"""

from collections.abc import Mapping

from dynamo.core.actors import ACTOR_PREFIX, BIRTHS, HINT_ACTOR_PREFIX
from dynamo.core.greeting import GENERATIONS
from dynamo.core.participant import ENDORSED, HOME, LUGGAGE, MEMBERS

GENERATION = b"generation"
INCARNATION = b"incarnation"
ACTORS = (ACTOR_PREFIX, HINT_ACTOR_PREFIX)
IDENTITY = (INCARNATION, GENERATION, BIRTHS)
"""What a node must find on its disk, whole, to go on under its old name."""


def believed(meta: Mapping[bytes, bytes | None]) -> dict[bytes, bytes]:
    """What a boot may believe of what its disk says about the node.

    A damaged actor is an actor less. Where anything else is damaged or missing, the names that this node has given
    cannot be told from those that it has not: it comes back as after a lost disk, under another name.
    """
    whole = {name: value for name, value in meta.items() if value is not None}
    damaged = [name for name, value in meta.items() if value is None and not name.startswith(ACTORS)]
    if not damaged and all(name in whole for name in IDENTITY):
        return whole
    return {name: whole[name] for name in (GENERATION, MEMBERS, HOME, GENERATIONS, ENDORSED, LUGGAGE) if name in whole}
