"""What things cost. `python3 dev.py bench [NAME ...]`; figures are for one core and are not asserted anywhere."""
