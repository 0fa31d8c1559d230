"""The protocol as a state machine without I/O: events in, effects out (see `dynamo.core.node`)."""
