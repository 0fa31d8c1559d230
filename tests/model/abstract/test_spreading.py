HINTED = "put put1 a old get1; sync a; replicate put1 a; keep_hint f put1"


def test_a_hint_is_dropped_only_when_its_owner_has_it_on_disk(three):
    three.play(f"{HINTED}; hand_off f b")
    assert three.blocked("drop_hint f b") == ("delivered",)
    three.play("sync b; drop_hint f b")
    assert three.rows("hint") == set()
    assert three.rows("dur") == {"a put1", "b put1"}


def test_who_dropped_a_hint_may_not_agree_to_reap(three):
    three.play(f"{HINTED}; hand_off f b; sync b; drop_hint f b")
    assert three.rows("blocked") == {"f"}


def test_hints_are_handed_to_owners_only(three):
    three.play(HINTED)
    assert three.blocked("hand_off f f") == ("owner",)


def test_anti_entropy_brings_what_is_on_disk_with_what_is_gone(three):
    three.play("put put1 a old get1; exchange a b")
    assert three.rows("has") == {"a put1"}
    three.play("put del1 a old get1; sync a; exchange a b")
    assert three.rows("has") == {"a put1", "b put1", "a del1", "b del1"}
    assert "b del1" in three.rows("gone")
