"""Averaging: a running mean of the places, beside the descent."""

from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import Situation
from lossviz.numerals import short
from lossviz.rules.schedules.params import Optional

AVERAGE = Optional(
    "average",
    "d",
    low=0.0,
    high=1.0,
    open_high=True,
    shown=(0.0, 0.99),
    text="The part of the mean that is kept at each step; the rest comes from the new place.",
    absent="off",
)
BEGIN = 0.9


class AveragingSection(ConditionSection):
    """One number that may be there or not."""

    name = "averaging"
    title = "Averaging"
    told = "A running mean of weight and bias (EMA), which lies calmer than the descent itself"
    keys = ("average",)

    def words(self, situation: Situation) -> str:
        """Say how much of the mean is kept: ``"keeps 0.9 of the mean at each step"``."""
        part = situation.settings.average
        return "off" if part is None else f"keeps {short(part)} of the mean at each step"

    def show_fields(self, situation: Situation) -> None:
        """Show the part that is kept; nothing is emitted."""
        self.fields.show_conditions(
            (AVERAGE,), {"average": situation.settings.average}, {"average": BEGIN}, {"average": "Decay"}
        )
