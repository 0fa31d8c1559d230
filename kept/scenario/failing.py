"""The one error of a scenario: what its author wrote cannot be carried out. The runner adds file and line."""

from kept.lab.usage import UsageError, nearest, shown


class ScenarioError(UsageError):
    """A command is malformed, or does not apply to the cluster as it is."""


def unknown_word(what: str, found: str, accepted: list[str]) -> ScenarioError:
    """The error of a name that does not exist here."""
    return ScenarioError(f"{what}: {shown(found)}; accepted: {', '.join(accepted)}{nearest(found, accepted)}")
