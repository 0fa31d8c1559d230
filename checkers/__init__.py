"""Verdicts over recorded runs: one module per promise, each deciding before it explains."""
