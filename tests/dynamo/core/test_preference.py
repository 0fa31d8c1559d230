from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.preference import Member, Spread, distinct_clockwise


@st.composite
def placed_members(draw: st.DrawFn, datacenters: int = 3) -> list[Member]:
    """Up to nine members on machines that each stand in one rack of one data centre, in any clockwise order."""
    racks = draw(st.lists(st.tuples(st.integers(1, datacenters), st.integers(0, 3)), min_size=1, max_size=6))
    hosts = draw(st.lists(st.sampled_from(racks), min_size=1, max_size=6))
    at = draw(st.lists(st.integers(0, len(hosts) - 1), min_size=1, max_size=9))
    return [
        Member(f"n{index}", (), host=f"h{host}", datacenter=f"d{hosts[host][0]}", rack=f"r{hosts[host][1] or ''}")
        for index, host in enumerate(at)
    ]


def by_definition(members: list[Member], n: int) -> list[str]:
    """The greedy rule, read off its definition: least use of machine, data centre and rack, then walk order."""
    left = list(members)
    chosen: list[Member] = []
    while left and len(chosen) < n:
        uses = [
            (
                sum(other.machine == one.machine for other in chosen),
                sum(other.datacenter == one.datacenter for other in chosen),
                sum((other.datacenter, other.rack) == (one.datacenter, one.rack) for other in chosen),
            )
            for one in left
        ]
        chosen.append(left.pop(uses.index(min(uses))))
    return [member.name for member in chosen]


def order(members: list[Member], n: int) -> tuple[str, ...]:
    return Spread(members).order(tuple(member.name for member in members), n)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60), st.data())
def test_the_clockwise_walk_meets_names_in_the_order_of_a_step_by_step_walk(
    circle: list[str], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(circle) - 1))
    wanted = data.draw(st.integers(1, 10))
    met: list[str] = []
    for step in range(len(circle)):
        name = circle[(start + step) % len(circle)]
        if name not in met and len(met) < wanted:
            met.append(name)
    assert distinct_clockwise(circle, start, wanted) == tuple(met)


@given(placed_members(), st.integers(1, 6))
def test_owners_are_those_of_the_greedy_definition(members: list[Member], n: int) -> None:
    assert list(order(members, n)[:n]) == by_definition(members, n)


@given(placed_members(), st.integers(1, 6))
def test_every_member_is_met_once(members: list[Member], n: int) -> None:
    assert sorted(order(members, n)) == sorted(member.name for member in members)


@given(placed_members(), st.integers(1, 6))
def test_the_nearest_member_is_always_the_first_owner(members: list[Member], n: int) -> None:
    assert order(members, n)[0] == members[0].name


@given(placed_members(), st.integers(1, 6))
def test_machines_repeat_only_when_all_are_used(members: list[Member], n: int) -> None:
    machine = {member.name: member.machine for member in members}
    owners = [machine[name] for name in order(members, n)[:n]]
    assert len(set(owners)) == min(len(owners), len(set(machine.values())))


@given(placed_members(), st.integers(1, 4))
def test_owners_are_in_distinct_data_centres_where_there_are_enough(members: list[Member], n: int) -> None:
    datacenter = {member.name: member.datacenter for member in members}
    owners = {datacenter[name] for name in order(members, n)[:n]}
    assert len(owners) == min(n, len(members), len(set(datacenter.values())))


@given(placed_members(datacenters=1), st.integers(1, 4))
def test_owners_are_in_distinct_racks_of_a_data_centre_where_there_are_enough(members: list[Member], n: int) -> None:
    rack = {member.name: member.rack for member in members}
    if len(set(rack.values())) >= n:
        assert len({rack[name] for name in order(members, n)[:n]}) == n


@given(placed_members(), st.integers(1, 6))
def test_stand_ins_follow_clockwise_those_on_an_owners_machine_last(members: list[Member], n: int) -> None:
    walk = order(members, n)
    machine = {member.name: member.machine for member in members}
    owned = [machine[name] for name in walk[:n]]
    others = [member.name for member in members if member.name not in walk[:n]]
    alone = [name for name in others if machine[name] not in owned]
    assert list(walk[n:]) == alone + [name for name in others if name not in alone]


@given(st.integers(1, 8), st.integers(1, 5))
def test_members_of_which_nothing_is_known_keep_the_clockwise_order(members: int, n: int) -> None:
    plain = [Member(f"n{index}", ()) for index in range(members)]
    assert Spread(plain).plain
    assert order(plain, n) == tuple(member.name for member in plain)


def test_members_all_in_one_named_rack_keep_the_clockwise_order() -> None:
    assert Spread([Member(name, (), rack="r1", datacenter="d1") for name in "abc"]).plain


def test_racks_of_the_same_name_in_two_data_centres_are_two_racks() -> None:
    members = [Member("a", (), rack="r1", datacenter="d1"), Member("b", (), rack="r1", datacenter="d1")]
    elsewhere = [Member("c", (), rack="r1", datacenter="d2"), Member("d", (), rack="r2", datacenter="d2")]
    assert order(members + elsewhere, 4)[:2] == ("a", "c")
    assert order([*elsewhere, *members], 3) == ("c", "a", "d", "b")


def test_a_member_may_run_on_the_machine_that_is_called_as_another_member() -> None:
    assert order([Member("a", ()), Member("b", (), host="a"), Member("c", ())], 2) == ("a", "c", "b")


def test_members_without_a_rack_share_one_unnamed_rack() -> None:
    members = [Member("a", ()), Member("b", ()), Member("c", (), rack="r1")]
    assert order(members, 2) == ("a", "c", "b")
