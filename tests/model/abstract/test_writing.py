WRITE = "put put1 a old get1; sync a; replicate put1 a"


def test_a_write_is_answered_ok_once_w_owners_hold_it_on_disk(three):
    three.play(f"{WRITE}; store b put1")
    assert three.blocked("complete put1") == ("quorum",)
    assert three.blocked("ack b put1") == ("synced",)
    three.play("sync b; ack b put1; complete put1")
    assert three.rows("acked") == {"put1"}


def test_nothing_leaves_the_coordinator_before_it_is_on_its_disk(three):
    three.play("put put1 a old get1")
    assert three.blocked("replicate put1 a") == ("durable",)
    assert three.blocked("store b put1") == ("sent",)


def test_only_owners_coordinate_and_only_fallbacks_stand_in(three):
    assert three.blocked("put put1 f old get1") == ("owner",)
    assert three.blocked("stand_in put1 a get1") == ("fallback",)


def test_a_fallback_keeps_what_it_coordinates_in_a_hint_and_counts_for_no_strict_quorum(three):
    three.play("stand_in put1 f get1; store a put1; sync a")
    assert three.rows("hint") == {"f put1"}
    assert three.blocked("ack a put1") == ("asked",)
    assert "home" in three.blocked("complete put1")


def test_a_sloppy_quorum_counts_who_holds_it_on_disk(three):
    three.play("stand_in put1 f get1")
    assert three.blocked("complete_sloppily put1 a") == ("held",)
    three.play("complete_sloppily put1 f")
    assert three.rows("sloppy") == {"put1"}


def test_what_the_client_had_seen_is_gone_where_its_write_arrives(three):
    three.play(f"{WRITE}; start_read get1 b; respond get1 a; respond get1 b; finish_read get1 old R:old:a+b")
    three.play("put del1 c old get1")
    assert three.rows("gone") == {"c put1", "c del1"}
    three.play("sync c; replicate del1 c; store b del1")
    assert {"b put1", "b del1"} <= three.rows("gone")


def test_messages_carry_the_coordinators_state_and_not_only_the_write(three):
    three.play("put put1 a old get1; put del1 a old get1")
    assert three.rows("sent") == {"put1 put1", "del1 put1", "del1 del1"}


def test_the_context_of_a_write_is_that_of_an_answered_read_or_none(three):
    three.play("start_read get1 b")
    assert three.blocked("put put1 a old get1") == ("context",)
    assert three.blocked("put put1 a old get2") == ()


def test_an_operation_that_is_over_sends_and_answers_nothing_any_more(three):
    three.play(f"{WRITE}; expire put1")
    assert three.blocked("store b put1") == ("sent",)
    assert three.blocked("keep_hint f put1") == ("sent",)
    assert "waiting" in three.blocked("complete put1")
