"""How stale reads are: measured in a recorded history, and predicted for a configuration of quorums (PBS, 2012)."""
