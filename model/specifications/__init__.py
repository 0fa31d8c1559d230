"""What one client alone would see: sequential specifications of the objects whose histories are judged."""
