"""What a node keeps: one port and its engines."""
