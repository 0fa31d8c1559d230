"""Linearizability of recorded histories (Herlihy and Wing 1990): decided first, explained second.

A history is linearizable if every operation can be given one instant between its start and its end so that the
operations, taken in the order of these instants, are what the object would do when asked one at a time. An operation
that failed has no instant. One whose outcome is unknown has an instant at any time after its start, or none.

`check.py` chooses: zones and blocks of zones for registers whose values are unique, stages for sets that only grow,
a frontier search for everything else. `classical.py` is the reference for reading, `exhaustive.py` the oracle.
"""
