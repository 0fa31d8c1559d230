"""kept.staged.scene: counterexamples are cast with nodes whose place in the preference list is theirs."""

from kept.staged.scene import Scene, Staged, cast, cluster, others, played

SLOPPY = Scene(
    "sloppy-reads-meet-writes",
    {"N": 3, "R": 2, "W": 2, "h": 1, "g": 1, "S": 6},
    {"write": ("n1", "f1"), "read": ("n2", "f2")},
)


def test_owners_are_owners_of_the_key_and_fallbacks_the_next_of_its_list() -> None:
    direction = cluster(SLOPPY, "fresh-reads", nodes=5, sloppy=True)
    roles = cast(SLOPPY, direction)
    walk = direction.preference(direction.key)
    assert roles == {"f1": walk[3], "f2": walk[4], "n1": walk[0], "n2": walk[1]}
    assert played(SLOPPY, roles, "write", "read") == (walk[0], walk[3], walk[1], walk[4])
    assert others(direction, (walk[0], walk[3])) == tuple(
        name for name in ("n1", "n2", "n3", "n4", "n5") if name not in (walk[0], walk[3])
    )


def test_where_a_key_has_the_plain_list_everybody_plays_himself() -> None:
    scene = Scene("reads-meet-writes", {"N": 3, "R": 1, "W": 2}, {"write": ("n1", "n2"), "read": ("n3",)})
    direction = cluster(scene, "fresh-reads")
    roles = cast(scene, direction)
    assert roles == {"n1": "n1", "n2": "n2", "n3": "n3"}
    assert Staged("fresh-reads", direction, roles).told == ""
    assert Staged("fresh-reads", direction, {"n1": "n3", "n2": "n2"}).told == "n1 is n3"


def test_the_cluster_has_the_numbers_of_the_counterexample() -> None:
    config = cluster(SLOPPY, "fresh-reads", nodes=5).config
    assert (config.nodes, config.n, config.r, config.w, config.sloppy) == (5, 3, 2, 2, False)
