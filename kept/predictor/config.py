"""What a prediction is asked for, checked."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kept.lab.usage import UsageError, first_problem, nearest, shown

REPLICAS_LIMIT = 100
TRIALS_LIMIT = 10_000_000
VERSIONS_LIMIT = 100
TIME_LIMIT_MS = 1e9
POINTS_LIMIT = 100
DELAYS_LIMIT = 1_000_000_000
"""Delays that one prediction may draw: some forty seconds of one core."""
DELAYS = 4
"""Delays of each replica in a trial; each further put that is looked back over takes two more, in a tenth of them."""


class PredictConfig(BaseModel):
    """One configuration of quorums, and what is asked of it. Times are milliseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(3, ge=1, le=REPLICAS_LIMIT)
    r: int = Field(1, ge=1, le=REPLICAS_LIMIT)
    w: int = Field(1, ge=1, le=REPLICAS_LIMIT)
    t: tuple[float, ...] = (0.0, 1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1000.0)
    """How long after the acknowledgement of a put the get starts."""
    k: tuple[int, ...] = (1, 2, 3, 5)
    """How many puts a get may look back."""
    trials: int = Field(1_000_000, ge=1, le=TRIALS_LIMIT)
    seed: int = Field(0, ge=0, lt=1 << 63)
    writes_per_read: float | None = Field(None, ge=0, le=1e6)
    """How often all clients together write a key between two reads of one client."""
    at_least: float | None = Field(None, gt=0, le=1)
    """The share of gets that must return the newest put, at every time of `t`."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for field in ("r", "w"):
            if getattr(self, field) > self.n:
                raise ValueError(f"{field}: {getattr(self, field)}; accepted: 1 to {self.n} (N)")
        for field, least, most in (("t", 0, TIME_LIMIT_MS), ("k", 1, VERSIONS_LIMIT)):
            points = getattr(self, field)
            if not 1 <= len(points) <= POINTS_LIMIT:
                raise ValueError(f"{field}: {len(points)} of them; accepted: 1 to {POINTS_LIMIT}")
            for point in points:
                if not least <= point <= most:
                    raise ValueError(f"{field}: {point:g}; accepted: {least} to {most:g}")
        wanted = self.trials * self.n * DELAYS + self.looking_back * self.n * 2 * max(self.k)
        if wanted > DELAYS_LIMIT:
            raise ValueError(
                f"trials: {self.trials:,} of {self.n} replicas, back to {max(self.k)} puts, are {wanted:,} delays; "
                f"accepted: {DELAYS_LIMIT:,}"
            )
        return self

    @property
    def looking_back(self) -> int:
        """Trials in which several puts come before the get."""
        return max(self.trials // 10, min(self.trials, 100_000)) if max(self.k) > 1 else 0


def configured(given: Mapping[str, Any]) -> PredictConfig:
    """The configuration of these fields. `UsageError` for the first that is wrong."""
    strange = next((name for name in given if name not in PredictConfig.model_fields), None)
    if strange is not None:
        raise UsageError(f"{shown(strange)}: unknown field{nearest(strange, list(PredictConfig.model_fields))}")
    try:
        return PredictConfig.model_validate(dict(given))
    except ValidationError as error:
        raise UsageError(first_problem(error, PredictConfig)) from None
