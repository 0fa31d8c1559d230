"""The bug zoo: published bugs of Dynamo-style stores, seeded from outside, to show that the checkers bite.

Each bug is a broken replacement for one named rule of `dynamo.core.rules.Rules`. The store has no switches for them
and does not know that they exist.
"""
