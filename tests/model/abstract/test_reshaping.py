PREPARED = "begin_change new; learn_prepare a; learn_prepare b"
MOVED = f"{PREPARED}; transfer a b new; verify b old new R:old:a; begin_flip new"
ENDED = f"{MOVED}; learn_flip a; learn_flip b; begin_close new; learn_close a; learn_close b; end_change old new"
WRITTEN = "put put1 a old get1; sync a; replicate put1 a; complete put1"


def test_who_knows_of_the_change_writes_to_both_lists(move):
    move.play("begin_change new; put put1 a old get1")
    assert move.rows("needs") == {"put1 old"}
    move.play(f"expire put1; {PREPARED.partition('; ')[2]}")
    assert move.rows("kprep") == {"a", "b"}


def test_a_write_of_the_change_needs_w_acknowledgements_in_each_list(move):
    move.play(f"{PREPARED}; put put1 a old get1; sync a; replicate put1 a")
    assert move.rows("needs") == {"put1 old", "put1 new"}
    assert move.blocked("complete put1") == ("quorum",)
    move.play("store b put1; sync b; ack b put1; complete put1")


def test_no_transfer_before_everybody_knows_and_older_writes_are_over(move):
    move.play("put put1 a old get1; begin_change new; learn_prepare b")
    assert move.blocked("transfer a b new") == ("barrier", "drained")
    move.play("learn_prepare a")
    assert move.blocked("transfer a b new") == ("drained",)
    move.play("expire put1; transfer a b new")


def test_no_flip_before_every_transfer_is_verified(move):
    move.play(PREPARED)
    assert move.blocked("begin_flip new") == ("verified",)
    assert move.blocked("verify b old new R:old:a") == ("transferred",)


def test_reads_ask_the_list_to_come_once_their_coordinator_knows_of_the_flip(move):
    move.play(f"{MOVED}; learn_flip b; start_read get1 a; start_read get2 b")
    assert move.rows("asks") == {"get1 old", "get2 new"}


def test_no_close_before_everybody_knows_and_older_reads_are_over(move):
    move.play(f"start_read get1 a; {MOVED}; learn_flip a")
    assert move.blocked("begin_close new") == ("barrier", "drained")
    move.play("learn_flip b; end_read get1; begin_close new")


def test_a_change_ends_with_the_list_to_come_in_force(move):
    move.play(f"{WRITTEN}; {ENDED}")
    assert move.rows("cur") == {"new"}
    assert move.rows("member") == {"b"}
    assert move.rows("promised") == {"a put1", "b put1"}
    assert all(not move.rows(name) for name in ("nxt", "prep", "flip", "fin", "kprep", "kflip", "kfin", "tr", "ver"))


def test_a_former_owner_leaves_when_an_owner_has_all_that_it_has(move):
    move.play(f"{WRITTEN}; {ENDED}; leave a b; start_read get1 a; respond get1 b; finish_read get1 new R:new:b")
    assert move.rows("dur") == {"b put1"}
    assert move.rows("got") == {"get1 put1"}


def test_a_list_is_used_once_and_one_change_is_under_way_at_a_time(move):
    move.play("begin_change new")
    assert move.blocked("begin_change new") == ("stable", "fresh")
    assert move.blocked("begin_change old") == ("stable", "fresh")
