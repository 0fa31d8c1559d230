"""Mutation testing of the store's core and of the checkers: small mistakes, and which of our tests see them."""
