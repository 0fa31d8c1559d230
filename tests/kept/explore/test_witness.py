"""kept.explore.witness: the times of a recorded run are those of its story, in every story that can be."""

from random import Random

from dynamo.core.messages import INFO, OK, Request, Response
from dynamo.core.planning import left
from dynamo.core.siblings import Siblings, Version
from kept.explore.cluster import Cluster
from kept.explore.scope import Scope
from kept.explore.story import Stories
from kept.explore.witness import Witness

SCOPE = Scope(clients=3, ops=2)


def witness() -> Witness:
    return Witness(SCOPE.run_config().document(), 3, 2)


def test_times_say_exactly_what_ended_before_what_began() -> None:
    draw = Random(3)
    judge = witness()
    for _ in range(200):
        stories = Stories(3, 2)
        story = stories.nothing
        number, open_now = [0, 0, 0], [False] * 3
        for _ in range(draw.randrange(1, 13)):
            client = draw.randrange(3)
            slot = stories.slot(client, number[client] - open_now[client])
            if open_now[client]:
                story = stories.end(story, slot, Response("", draw.choice([OK, INFO])))
                open_now[client] = False
            elif number[client] < 2:
                story = stories.begin(story, slot, Request("", "get", b"k"))
                number[client], open_now[client] = number[client] + 1, True
        run = judge.run(stories.all[story])
        slots = {f"{slot // 2}.{slot % 2 + 1}": slot for slot in range(6)}
        for one in run.operations:
            told = stories.all[story][slots[one.request]]
            assert told is not None
            before = sum(
                1 << slots[other.request]
                for other in run.operations
                if other.end_us is not None and other.end_us < one.start_us
            )
            assert before == told.before
        assert [op.index for op in run.operations] == list(range(len(run.operations)))


def test_a_client_goes_on_as_another_process_after_an_unknown_outcome() -> None:
    stories = Stories(3, 2)
    story = stories.end(stories.begin(stories.nothing, 2, Request("", "put", b"k", b"v")), 2, Response("", INFO))
    run = witness().run(stories.all[stories.begin(story, 3, Request("", "get", b"k"))])
    assert [(op.process, op.outcome) for op in run.operations] == [(1, "info"), (4, "info")]


def test_a_name_that_nobody_heard_of_stands_in_the_trace() -> None:
    stories = Stories(3, 2)
    story = stories.mint(stories.begin(stories.nothing, 0, Request("", "put", b"k", b"v")), 0, ("n1.0:0", 1))
    run = witness().run(stories.all[story])
    assert run.mintings_known
    assert run.operations[0].named == ("n1.0:0", 1)
    assert run.trace is not None
    assert [minting.request for minting in run.trace.mintings] == ["0.1"]


def test_final_states_hold_data_and_hints() -> None:
    state = Siblings({"a": 2}, (Version("a", 2, b"v"), Version("a", 1, None)))
    replicas = witness().replicas(
        True, [("n1", b"k", state)], [("n2", "n1", b"k", state)], {}, Cluster(SCOPE).described()
    )
    assert [(one.node, one.space, one.owner) for one in replicas.states] == [("n1", "data", ""), ("n2", "hint", "n1")]
    assert [(version.dot, version.value) for version in replicas.states[0].versions] == [
        (("a", 1), None),
        (("a", 2), "v"),
    ]


def test_operations_are_of_their_own_keys() -> None:
    stories = Stories(3, 2)
    one = stories.begin(stories.nothing, 0, Request("", "put", b"k", b"v"))
    run = witness().run(stories.all[stories.mint(stories.begin(one, 2, Request("", "put", b"l", b"w")), 2, ("n", 1))])
    assert [op.key for op in run.operations] == ["k", "l"]
    assert run.trace is not None
    assert [minting.key for minting in run.trace.mintings] == ["l"]


def test_final_states_are_judged_by_the_ring_that_was_meant_then() -> None:
    cluster, judge = Cluster(SCOPE), witness()
    fewer = left(cluster.members, "n1", cluster.store)
    for members in (cluster.members, fewer, cluster.members):
        meant = judge.replicas(True, [], [], {}, cluster.described(members)).header.ring
        assert meant is not None
        assert [member.name for member in meant.members] == [member.name for member in members]
