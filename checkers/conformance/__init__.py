"""Conformance: whether what the nodes of a real cluster did is what the abstract protocol allows."""
