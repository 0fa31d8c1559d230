"""What the members of the next epoch hold: who gets which tokens when somebody joins, leaves, or changes weight.

Under strategies 1 and 2 nobody's tokens change but those of the node concerned. Under strategy 3 tokens are partitions:
who joins steals its share from the others, and who leaves deals its own out to them, and no more partitions move than
must (Dynamo, section 6.2). A node that replaces a dead one takes over its tokens, so nothing else moves.
"""

from collections.abc import Iterable

from dynamo.core.config import StoreConfig
from dynamo.core.errors import CallerError
from dynamo.core.preference import Member
from dynamo.core.tokens import random_tokens, reassign_partitions

Members = tuple[Member, ...]


def joined(members: Members, newcomer: Member, config: StoreConfig) -> Members:
    """The members after `newcomer`, whose tokens are yet to be given, has joined."""
    if any(member.name == newcomer.name for member in members):
        raise CallerError(f"node {newcomer.name!r}: is a member already")
    _check(newcomer)
    if config.strategy != 3:
        taken = {token for member in members for token in member.tokens}
        drawn = random_tokens(newcomer.name, newcomer.weight, config.tokens_per_node)
        newcomer = newcomer._replace(tokens=tuple(token for token in drawn if token not in taken))
        return _sorted((*members, newcomer))
    return _dealt(members, (*members, newcomer), config)


def left(members: Members, name: str, config: StoreConfig) -> Members:
    """The members after `name` has left or was removed."""
    _named(members, name)
    staying = tuple(member for member in members if member.name != name)
    if not staying:
        raise CallerError(f"node {name!r}: is the last member; a ring needs one")
    return staying if config.strategy != 3 else _dealt(members, staying, config)


def replaced(members: Members, name: str, newcomer: Member) -> Members:
    """The members after `newcomer` has taken over everything that `name` held, its weight included."""
    dead = _named(members, name)
    if any(member.name == newcomer.name for member in members):
        raise CallerError(f"node {newcomer.name!r}: is a member already")
    _check(newcomer)
    staying = tuple(member for member in members if member.name != name)
    return _sorted((*staying, newcomer._replace(tokens=dead.tokens, weight=dead.weight)))


def reweighted(members: Members, name: str, weight: float, config: StoreConfig) -> Members:
    """The members after `name` has got another weight: it holds more than before, or less, in proportion."""
    member = _named(members, name)
    changed = member._replace(weight=weight)
    _check(changed)
    others = tuple(other for other in members if other.name != name)
    if config.strategy == 3:
        return _dealt(members, (*others, changed), config)
    count = max(1, round(config.tokens_per_node * weight))
    if len(member.tokens) < count:
        taken = {token for each in members for token in each.tokens}
        drawn = random_tokens(name, weight, config.tokens_per_node, "more")
        more = tuple(token for token in drawn if token not in taken)
        return _sorted((*others, changed._replace(tokens=(*member.tokens, *more)[:count])))
    return _sorted((*others, changed._replace(tokens=member.tokens[:count])))


def _dealt(before: Members, after: Iterable[Member], config: StoreConfig) -> Members:
    """Strategy 3: the partitions that `before` holds, dealt anew to `after` by weight."""
    specs = _sorted(after)
    held = {member.name: member.tokens for member in before}
    weights = {member.name: member.weight for member in specs}
    dealt = reassign_partitions(held, weights, spread=min(config.n, len(specs)))
    return tuple(member._replace(tokens=dealt[member.name]) for member in specs)


def _sorted(members: Iterable[Member]) -> Members:
    return tuple(sorted(members, key=lambda member: member.name))


def _named(members: Members, name: str) -> Member:
    for member in members:
        if member.name == name:
            return member
    raise CallerError(f"node {name!r}: is no member; members: {', '.join(member.name for member in members)}")


def _check(member: Member) -> None:
    if not member.name or "\0" in member.name:
        raise CallerError(f"node name {member.name!r}: must not be empty or contain NUL")
    if not 0 < member.weight < float("inf"):
        raise CallerError(f"weight {member.weight!r} of {member.name!r}: must be positive and finite")
