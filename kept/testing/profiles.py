"""How much hypothesis explores: two profiles, and the seed that decides what.

hypothesis has a profile of its own for continuous integration, which it loads where the environment says ``CI=1``: it
derandomises, so that every night would explore the examples of the night before. These two are given to each machine
as they are. What they explore is a function of the session's seed and nothing else: no example database either, since
what was found is kept as a schedule.
"""

from functools import cache

from hypothesis import HealthCheck, Phase, settings

from kept.testing.session import current

EXAMPLES = {"pr": 40, "nightly": 1_000}
STEPS = {"pr": 25, "nightly": 50}
"""Rules of one example, at most."""


@cache
def settings_of(profile: str) -> settings:
    """The settings of a profile, whatever hypothesis' own profile is."""
    return settings(
        max_examples=EXAMPLES[profile],
        stateful_step_count=STEPS[profile],
        derandomize=False,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


def register() -> None:
    """Make the profiles known to hypothesis as ``kept-pr`` and ``kept-nightly``, for tests that are no machines."""
    for profile in EXAMPLES:
        settings.register_profile(f"kept-{profile}", settings_of(profile))


def chosen() -> settings:
    """The settings of the session's profile."""
    return settings_of(current().profile)
