"""The simulated world: virtual time, a network, disks and clocks that misbehave on purpose, one seed for all of it.

It drives the same `dynamo.core.node.Node` that a deployment runs, in one thread; nothing of the protocol lives here.
"""
