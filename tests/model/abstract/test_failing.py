WRITTEN = "put put1 a old get1; sync a; replicate put1 a; store b put1; sync b; ack b put1; complete put1"


def test_a_crash_takes_what_was_not_synced_and_nothing_else(three):
    three.play("put put1 a old get1; sync a; put del1 a old get1; crash a")
    assert three.rows("has") == {"a put1"}
    assert three.rows("gone") == set()


def test_operations_die_with_their_coordinator(three):
    three.play("put put1 a old get1; sync a; replicate put1 a; start_read get1 a; crash a")
    assert three.rows("alive") == set()
    assert three.rows("live_read") == set()
    assert "asked" in three.blocked("ack a put1")


def test_messages_outlive_their_coordinator(three):
    three.play("put put1 a old get1; sync a; replicate put1 a; crash a; store b put1")
    assert "b put1" in three.rows("has")


def test_an_empty_copy_answers_no_reads_until_every_other_owner_has_confirmed_it(three):
    three.play(f"{WRITTEN}; lose_disk b; start_read get1 c")
    assert three.blocked("respond get1 b") == ("whole",)
    three.play("confirm b c")
    assert three.blocked("recover b") == ("confirmed",)
    assert three.blocked("confirm b a") == ("whole",)
    three.play("exchange a b; sync b; confirm b a; recover b; respond get1 b")
    assert three.rows("got") == {"get1 put1"}


def test_one_disk_is_lost_at_a_time(three):
    three.play("lose_disk a")
    assert three.blocked("lose_disk b") == ("one",)


def test_no_disk_is_lost_where_one_acknowledgement_is_enough(move):
    assert move.blocked("lose_disk a") == ("spare",)


def test_hints_are_lost_with_the_disk(three):
    three.play("stand_in put1 f get1; lose_disk f")
    assert three.rows("hint") == set()
    assert three.rows("lost") == {""}
