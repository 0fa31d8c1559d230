"""Refutations on stage: the counterexamples of both layers of proofs, as directed runs of the real store."""
