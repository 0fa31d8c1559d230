"""How stale the reads of a quorum configuration will be, from the delays of its messages (Bailis et al. 2012)."""
