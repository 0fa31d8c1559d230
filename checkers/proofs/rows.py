"""Words and numbers that the rows of the table share: N, R, W and what makes them a configuration."""

from checkers.proofs.lemma import Parameter
from checkers.proofs.terms import Named, var

N, R, W, S = var("N"), var("R"), var("W"), var("S")

REPLICAS = Parameter("N", "replicas of every key")
REPLIES = Parameter("R", "replies that a get waits for")
ACKS = Parameter("W", "acknowledgements that a put waits for")
NODES = Parameter("S", "nodes in all")

ONE_REPLICA = Named("at least one replica", N >= 1)
READABLE = (Named("at least one reply", R >= 1), Named("no more replies than replicas", R <= N))
WRITABLE = (Named("at least one acknowledgement", W >= 1), Named("no more acknowledgements than replicas", W <= N))
QUORUMS = (ONE_REPLICA, *READABLE, *WRITABLE)
"""N >= 1, 1 <= R <= N, 1 <= W <= N: beyond it the proof would be vacuous."""
