"""Exhaustive exploration: every interleaving of the real nodes of a small cluster (docs/explore-real.md)."""
