"""What should happen, written from the promises: an oracle shares no code with what it judges."""
