"""A run: a cluster, a workload, a nemesis and a recorder, and afterwards the verdicts."""
