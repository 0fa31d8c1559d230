DELETED = (
    "put put1 a old get1; sync a; replicate put1 a; start_read get1 a; respond get1 a; respond get1 b;"
    "finish_read get1 old R:old:a+b; put del1 a old get1; sync a"
)
OVER = "expire put1; end_read get1"


def test_a_key_is_forgotten_when_every_node_has_agreed(three):
    three.play(f"{DELETED}; {OVER}; call a; vote a; vote b; vote c")
    assert three.blocked("decide") == ("unanimous",)
    three.play("vote f; decide")
    assert three.rows("reaped") == {"put1", "del1"}
    three.play("forget a")
    assert three.rows("dur") == set()


def test_no_vote_on_what_is_still_shown(three):
    three.play("put put1 a old get1; sync a")
    assert "dead" in three.blocked("call a")


def test_no_vote_while_another_owner_shows_it(three):
    three.play("put put1 a old get1; sync a; replicate put1 a; store b put1; start_read get1 a; respond get1 a")
    three.play(
        "respond get1 b; finish_read get1 old R:old:a+b; put del1 a old get1; sync a; expire put1; end_read get1"
    )
    assert three.blocked("call a") == ("agreed",)


def test_no_vote_while_an_operation_or_a_message_may_bring_it_back(three):
    three.play(DELETED)
    assert three.blocked("call a") == ("reads over", "writes over")
    three.play(OVER)
    assert three.blocked("call a") == ()


def test_nobody_agrees_who_keeps_a_hint_or_dropped_one_or_restarted_since(three):
    three.play(f"{DELETED.replace('start_read', 'keep_hint f put1; start_read', 1)}; {OVER}; call a")
    assert three.blocked("vote f") == ("no hint",)
    three.play("drop_hint f a; crash b")
    assert three.blocked("vote f") == ("steady",)
    assert three.blocked("vote b") == ("steady",)
    three.play("abandon; call a; vote b; vote f")


def test_nothing_is_reaped_during_a_change(move):
    move.play("begin_change new")
    assert move.blocked("call a") == ("stable",)


def test_a_node_forgets_only_what_everybody_agreed_on(three):
    three.play("put put1 a old get1")
    assert three.blocked("forget a") == ("agreed",)
    assert three.blocked("forget b") == ()
