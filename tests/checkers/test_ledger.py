"""Which writes of a history may have taken effect, and under which dot."""

from checkers.ledger import final_keys, ledgers

A, B = ("n1", 1), ("n2", 1)


def test_failed_writes_and_puts_that_a_whole_trace_does_not_name_are_left_out(story):
    story.put(1, 2, "a", A, outcome="fail").put(1, 2, "b", B, outcome="info", minted=False)
    story.put(1, 2, "c", ("n3", 1), outcome="info").delete(1, None, {"n1": 1})
    ledger = ledgers(story.end())["k"]
    assert [(w.value, w.dot, w.acknowledged) for w in ledger.writes] == [("c", ("n3", 1), False), (None, None, False)]
    assert [op.index for op in ledger.operations] == [2, 3]


def test_without_a_trace_a_get_tells_the_dot_of_a_value_that_one_put_wrote(story, mutate):
    story.put(1, 2, "a", A, outcome="info").put(1, 2, "b", B, outcome="info").put(1, 2, "b", B, outcome="info")
    story.get(3, 4, [(A, "a"), (B, "b")], {"n1": 1, "n2": 1})
    untold = mutate.untraced(story.end())
    assert [w.dot for w in ledgers(untold)["k"].writes] == [A, None, None]


def test_a_put_that_failed_does_not_make_the_dot_of_a_value_doubtful(story, mutate):
    story.put(1, 2, "a", A, outcome="info").put(1, 2, "a", B, outcome="fail").get(3, 4, [(A, "a")], {"n1": 1})
    assert [w.dot for w in ledgers(mutate.untraced(story.end()))["k"].writes] == [A]


def test_a_truncated_trace_does_not_prove_that_a_put_was_never_made(story):
    run = story.put(1, 2, "a", A, outcome="info", minted=False).end()
    assert ledgers(run) == {}
    assert "k" in ledgers(run._replace(trace=run.trace._replace(truncated=True)))


def test_holders_are_the_nodes_that_hold_the_version(story):
    run = story.put(1, 2, "a", A).end([(A, "a")], {"n1": 1})
    end = final_keys(run)["k"]
    assert end.siblings == {A: "a"}
    assert end.holders(A) == tuple(sorted({s.node for s in run.replicas.states}))
    assert end.holders(B) == ()
