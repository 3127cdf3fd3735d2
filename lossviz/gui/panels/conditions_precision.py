"""Precision: with how many digits the descent reckons."""

from lossviz.descent.conditions import PRECISIONS
from lossviz.gui.panels.choice import Choice, Option
from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import Situation

OPTIONS = (
    Option("float64", "float64", "64", "About 16 digits, as NumPy has them"),
    Option("float32", "float32", "32", "About 7 digits, as PyTorch and Keras have them unless told otherwise"),
)
assert tuple(option.name for option in OPTIONS) == PRECISIONS


class PrecisionSection(ConditionSection):
    """Two buttons."""

    name = "precision"
    title = "Precision"
    told = "With how many digits parameters, slopes and what the optimizer remembers are kept"
    keys = ("precision",)

    def __init__(self) -> None:
        super().__init__()
        self.choice = Choice(OPTIONS, "Precision")
        self.choice.asked.connect(self._chosen)
        self.content.insertWidget(0, self.choice)

    def words(self, situation: Situation) -> str:
        """Say with how many digits."""
        digits = {"float64": "16 digits", "float32": "7 digits"}[situation.settings.precision]
        return f"{situation.settings.precision}, about {digits}"

    def show_fields(self, situation: Situation) -> None:
        """Show which precision holds; nothing is emitted."""
        self.choice.show_choice(situation.settings.precision)

    def _chosen(self, name: str) -> None:
        self.ask("precision", {"precision": name})
