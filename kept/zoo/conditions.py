"""The faults under which the bugs of the zoo are looked for: named here, so that no bug hangs on what a run suffers by
default."""

from kept.sim import faults as kinds

LINKS = (kinds.LOSS, kinds.DUPLICATE, kinds.REORDER, kinds.DELAY, kinds.PARTITION, kinds.ONE_WAY, kinds.PARTIAL)
"""The network loses, repeats, delays and cuts."""
STOPPED = (kinds.CRASH, kinds.MID_STEP, kinds.TORN)
"""Nodes stop and come back with what was durable."""
CLOCKS = (kinds.OFFSET, kinds.DRIFT)
ORDINARY = (*LINKS, *STOPPED, kinds.PAUSE, *CLOCKS)
"""What every cluster meets: nothing that was durable changes, and nobody comes or goes."""
SILENCE = (kinds.PARTITION, kinds.PARTIAL, kinds.ONE_WAY, kinds.PAUSE, kinds.LOSS)
"""Some nodes do not hear of what others do."""
POWER = (kinds.CRASH, kinds.SLOW_DISK)
"""Power fails while much waits for the disk."""
