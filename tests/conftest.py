"""Settings for every test."""

from hypothesis import settings

settings.register_profile("kept", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("kept")
