WRITTEN = "put put1 a old get1; sync a; replicate put1 a; store b put1; sync b; ack b put1; complete put1"


def test_a_read_must_see_what_had_been_answered_ok_before_it(three):
    three.play(f"start_read get2 c; {WRITTEN}; start_read get1 c")
    assert three.rows("must") == {"get1 put1"}


def test_a_read_is_answered_by_r_owners_of_the_list_that_it_asks(three):
    three.play(f"{WRITTEN}; start_read get1 c; respond get1 c")
    assert three.blocked("finish_read get1 old R:old:b+c") == ("quorum",)
    three.play("respond get1 b; finish_read get1 old R:old:b+c")
    assert three.rows("got") == {"get1 put1"}


def test_replies_bring_what_is_on_the_disk_and_not_what_is_in_memory(three):
    three.play("put put1 a old get1; start_read get1 b; respond get1 a")
    assert three.rows("got") == set()


def test_hints_answer_reads_but_count_for_no_quorum(three):
    three.play("stand_in put1 f get1; start_read get1 a; respond_from_hint get1 f; respond get1 a")
    assert three.rows("got") == {"get1 put1"}
    assert three.rows("resp") == {"get1 a"}


def test_a_stale_owner_is_repaired_with_what_the_read_saw(three):
    three.play(f"{WRITTEN}; start_read get1 a; respond get1 a; repair get1 c")
    assert "c put1" in three.rows("has")
    assert "c put1" not in three.rows("dur")


def test_a_read_that_is_over_repairs_nobody_and_takes_no_more_replies(three):
    three.play("start_read get1 a; end_read get1")
    assert three.blocked("repair get1 c") == ("alive",)
    assert three.blocked("respond get1 c") == ("waiting",)


def test_replies_after_the_answer_do_not_change_it(three):
    three.play("start_read get1 a; respond get1 b; respond get1 c; finish_read get1 old R:old:b+c")
    assert three.blocked("respond get1 a") == ("waiting",)
