"""[descent]: what the runs share, and the conditions and stop rule made of it."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from lossviz.descent.stopping import StopRule
from lossviz.experiment.section import Pair, Section

if TYPE_CHECKING:
    from lossviz.descent.conditions import Conditions
    from lossviz.rules.schedules import Schedule

MOST_RANDOM_STARTS = 1000

CONDITIONS = (
    "schedule",
    "batch_size",
    "seed",
    "shuffle",
    "drop_last",
    "accumulate",
    "clip_value",
    "clip_norm",
    "clip_global_norm",
    "average",
    "rate_scale",
    "decay_mask",
    "precision",
    "check_seconds",
    "step_seconds",
    "sample_seconds",
)
"""The keys that say under which conditions steps are made."""


class DescentSection(Section, frozen=True, kw_only=True):
    """What the runs share: where they start, how many steps they make and under which conditions, when they stop.

    `epochs`, where given, decide how many steps are made. `schedule` is a name, or a table of it and its parameters.
    `random_starts` runs more begin anywhere in the domain, drawn with `random_seed`.
    """

    start: Pair
    steps: int = 200
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int = 1
    random_starts: int = 0
    random_seed: int = 0
    schedule: str | dict[str, Any] | None = None
    batch_size: int | None = None
    seed: int = 0
    shuffle: bool = True
    drop_last: bool = False
    accumulate: int = 1
    epochs: float | None = None
    clip_value: float | None = None
    clip_norm: float | None = None
    clip_global_norm: float | None = None
    average: float | None = None
    rate_scale: Pair | None = None
    decay_mask: tuple[str, ...] | None = None
    precision: str = "float64"
    check_seconds: float | None = None
    step_seconds: float = 1e-3
    sample_seconds: float = 1e-6

    def conditions(self) -> "Conditions":
        """Give the conditions under which the steps are made.

        Raises
        ------
        ValueError, TypeError
            If one is not what it must be; the sentence begins with its key.
        """
        from lossviz.descent.conditions import Conditions

        given = {name: getattr(self, name) for name in CONDITIONS}
        return Conditions(**given | {"schedule": self.made_schedule()})

    def made_schedule(self) -> "Schedule | None":
        """Give the schedule of the learning rate, the same one for the same table."""
        return None if self.schedule is None else _schedule(msgspec.json.encode(self.schedule))

    def stop_rule(self) -> StopRule:
        """Give the rule by which runs end before their steps are made."""
        return StopRule(self.tolerance, self.loss_below, self.loss_change, self.check_every)


@lru_cache(maxsize=64)
def _schedule(table: bytes) -> "Schedule":
    from lossviz.rules.schedules import from_table

    return from_table(msgspec.json.decode(table))
