"""Under which conditions the selected descent is made: what each section of the run panel shows a part of."""

from dataclasses import dataclass
from functools import cached_property

from lossviz.descent.batches import Batches
from lossviz.descent.extent import steps_of
from lossviz.experiment import DescentSection, Experiment, Run
from lossviz.landscape.base import BaseSurface
from lossviz.rules.base import Rule

MOST_STEPS = 10_000
"""What a person may ask for in the window: more would follow a drag too slowly. A file may hold more."""


@dataclass(frozen=True, eq=False)
class Situation:
    """The selected descent.

    Parameters
    ----------
    experiment : Experiment
    number : int
        Of the descent.
    surface : BaseSurface or None
        What was computed last; None before anything was.
    """

    experiment: Experiment
    number: int
    surface: BaseSurface | None

    @property
    def run(self) -> Run:
        """The descent as the file has it."""
        return self.experiment.runs[self.number]

    @cached_property
    def settings(self) -> DescentSection:
        """What holds for it: its own, or that of all."""
        return self.experiment.settings(self.run)

    @property
    def rule(self) -> Rule:
        """Its optimizer."""
        return self.run.rule()

    @property
    def samples(self) -> int | None:
        """How many samples there are; None where there are none, or nobody knows yet."""
        fitted = self.experiment.surface.fitted and self.surface is not None
        return self.surface.samples if fitted and self.surface is not None else None

    @property
    def parameters(self) -> tuple[str, str]:
        """What weight and bias are called."""
        return ("w₁", "w₂") if self.experiment.surface.features is not None else ("w", "b")

    @cached_property
    def batches(self) -> Batches | None:
        """How the samples are cut into batches; None where all are seen at once."""
        if self.surface is None or (self.settings.batch_size or 0) > (self.samples or 0):
            # of a surface that is still being computed
            return None
        return Batches.of(self.surface, self.settings.conditions())

    @cached_property
    def steps(self) -> int:
        """How many steps it makes."""
        if self.settings.epochs is None or self.surface is None:
            return self.settings.steps
        return steps_of(self.surface, self.settings.conditions(), self.settings.epochs)
