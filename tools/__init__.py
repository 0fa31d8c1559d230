"""Checks of this project's own source that no published linter makes."""
