"""The reference model: a whole store as its promises describe it, to hold a recorded run against."""
