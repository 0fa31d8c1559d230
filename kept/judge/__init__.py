"""Judging recorded histories: which model, which levels, over both cores, within a budget."""
