def test_a_closed_place_knows_all_that_a_write_replaced(three):
    values = {"has": {("b", "del1")}, "sgone": {("del1", "put1")}}
    assert not three.allows("closed: memory", **values)
    assert three.allows("closed: memory", **values, gone={("b", "put1")})
    assert three.allows("closed: disk", **values)


def test_a_quorum_in_force_is_w_promises_of_the_list_and_not_of_anybody(three):
    values = {"acked": {("put1",)}, "cur": {("old",)}}
    assert not three.allows("quorum in force", **values, promised={("a", "put1"), ("f", "put1")})
    assert three.allows("quorum in force", **values, promised={("a", "put1"), ("c", "put1")})


def test_a_reply_without_what_the_node_had_promised_is_excluded(three):
    values = {"live_read": {("get1",)}, "resp": {("get1", "a")}, "must": {("get1", "put1")}}
    assert not three.allows("reply", **values, promised={("a", "put1")})
    assert three.allows("reply", **values, promised={("b", "put1")})
    assert three.allows("reply", **values, promised={("a", "put1")}, got={("get1", "put1")})
