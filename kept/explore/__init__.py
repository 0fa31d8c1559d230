"""Exhaustive exploration: every interleaving of the real nodes of a small cluster within a scope (docs/explore-real.md)."""
