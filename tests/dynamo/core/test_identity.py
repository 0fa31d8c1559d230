"""What a boot believes of what its disk says about the node."""

import pytest

from dynamo.core.actors import ACTOR_PREFIX, BIRTHS
from dynamo.core.antientropy import RECOVERING
from dynamo.core.greeting import GENERATIONS, HEARTBEAT
from dynamo.core.identity import GENERATION, IDENTITY, INCARNATION, believed
from dynamo.core.participant import ENDORSED, HOME, LUGGAGE, MEMBERS

ACTOR = ACTOR_PREFIX + b"cart"
WHOLE = {
    INCARNATION: b"a0",
    GENERATION: b"3",
    BIRTHS: b"64",
    HEARTBEAT: b"3 17",
    GENERATIONS: b"b 4",
    MEMBERS: b"table",
    HOME: b"ring 2",
    ENDORSED: b"plan",
    LUGGAGE: b"luggage",
    RECOVERING: b"1",
    ACTOR: b"a0:7",
    ACTOR_PREFIX + b"list": b"a0:8",
}
KEPT = {name: WHOLE[name] for name in (GENERATION, MEMBERS, HOME, GENERATIONS, ENDORSED, LUGGAGE)}
"""What names of nodes and of boots say is true under any name of the disk."""


def test_a_whole_disk_is_believed() -> None:
    assert believed(WHOLE) == WHOLE


def test_an_empty_disk_says_nothing() -> None:
    assert believed({}) == {}


def test_a_damaged_actor_is_an_actor_less_and_no_more() -> None:
    assert believed({**WHOLE, ACTOR: None}) == {name: value for name, value in WHOLE.items() if name != ACTOR}


@pytest.mark.parametrize("name", IDENTITY)
def test_without_one_of_the_three_no_name_and_no_actor_is_taken_up_again(name: bytes) -> None:
    found = believed({key: value for key, value in WHOLE.items() if key != name})
    assert found == {key: value for key, value in KEPT.items() if key != name}


@pytest.mark.parametrize("name", [name for name in WHOLE if not name.startswith(ACTOR_PREFIX)])
def test_where_anything_but_an_actor_is_damaged_no_name_is_taken_up_again(name: bytes) -> None:
    """What else the damage took cannot be told."""
    assert believed({**WHOLE, name: None}) == {key: value for key, value in KEPT.items() if key != name}
