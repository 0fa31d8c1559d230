def test_one_who_cannot_vote_yes_spoils_the_ballot_and_excuses_what_is_still_shown(three):
    name = "clean or spoiled: memory"
    values = {"ballot": {()}, "inb": {("put1",)}, "has": {("b", "put1")}}
    everybody = {("a",), ("b",), ("c",), ("f",)}
    assert not three.allows(name, **values)
    assert not three.allows(name, **values, yes=everybody, blocked={("a",)})
    assert three.allows(name, **values, yes=everybody - {("a",)}, blocked={("a",)})
    assert three.allows(name, **values, yes=everybody - {("a",)}, hint={("a", "del1")})
    assert three.allows(name, **values, gone={("b", "put1")})


def test_a_recovering_node_gets_back_what_it_promised_from_any_other_that_promised_it(three):
    name = "recovered from the others"
    values = {"rec": {("a",)}, "before": {("put1",)}, "promised": {("a", "put1"), ("b", "put1")}}
    assert not three.allows(name, **values, conf={("a", "b")})
    assert three.allows(name, **values, conf={("a", "b")}, dur={("a", "put1")})
    assert three.allows(name, **values, conf={("a", "c")})


def test_a_verified_newcomer_vouches_for_what_was_answered_ok(move):
    values = {"ver": {("b",)}, "nxt": {("new",)}, "acked": {("put1",)}}
    assert not move.allows("verified", **values)
    assert move.allows("verified", **values, vouch={("b", "put1")})
    assert move.allows("verified", **values, needs={("put1", "new")})
