"""Applications on the store, each with a stateful test of its own promise: `kept.testing.StoreMachine`."""
