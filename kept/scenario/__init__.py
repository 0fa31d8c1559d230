"""Scenarios: a cluster in the hands of whoever writes a transcript, and the transcripts themselves (docs/scenarios.md).

The same `dynamo.core.node.Node` that a deployment runs, but nothing happens by itself: messages take no time, disks
sync at once, and timers fire only while a command lets time pass. The simulated world (`kept.sim`) draws latencies,
sync times and fates from a seed; a transcript of it would change with every draw and show times that mean nothing.
Here a line of the answer is there because a command of the transcript caused it, which is what makes it reviewable.
"""
