"""Verdicts over the workloads that are no registers: sets, counters, unique identifiers, updates of what was read."""
