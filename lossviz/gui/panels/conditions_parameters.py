"""Weight and bias apart: by what the learning rate of each is multiplied, and on which of them weight decay acts."""

from typing import Any

from PySide6.QtWidgets import QLabel

from lossviz.gui.panels.choice import Choice, Option
from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import Situation
from lossviz.landscape.param import Param
from lossviz.numerals import short

ALIKE = (1.0, 1.0)
BOTH = "both"


class ParametersSection(ConditionSection):
    """A factor for each parameter, and the parameters that decay."""

    name = "parameters"
    title = "Weight and bias"
    told = "A learning rate of its own for weight and bias, and on which of them weight decay acts"
    keys = ("rate_scale", "decay_mask")

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[str, str] | None = None
        self.note = QLabel("Weight decay acts on")
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        self.content.insertWidget(1, self.note)
        self.decay = self._choice(("w", "b"))

    def _choice(self, names: tuple[str, str]) -> Choice:
        w, b = names
        options = (
            Option(BOTH, "both", "both", f"Both {w} and {b} decay"),
            Option("w", f"only {w}", w, f"{w} alone decays"),
            Option("b", f"only {b}", b, f"{b} alone decays"),
        )
        choice = Choice(options, "Weight decay acts on")
        choice.asked.connect(self._masked)
        self.content.insertWidget(2, choice)
        self._shown = names
        return choice

    def words(self, situation: Situation) -> str:
        """Say what differs between the two: ``"rates × 1 and 0.1, decay of w alone"``."""
        scale, mask = situation.settings.rate_scale or ALIKE, situation.settings.decay_mask
        words = [f"rates × {short(scale[0])} and {short(scale[1])}"] if scale != ALIKE else []
        if mask is not None and len(mask) == 1:
            words.append(f"decay of {dict(zip(('w', 'b'), situation.parameters, strict=True))[mask[0]]} alone")
        return ", ".join(words) or "alike"

    def plain(self, situation: Situation) -> bool:
        """Tell whether both are treated alike."""
        return self.words(situation) == "alike"

    def show_fields(self, situation: Situation) -> None:
        """Show the factors and what decays; nothing is emitted."""
        names = situation.parameters
        params = [_factor(key, name) for key, name in zip(("w", "b"), names, strict=True)]
        values = dict(zip(("w", "b"), situation.settings.rate_scale or ALIKE, strict=True))
        titles = {key: f"Rate of {name} ×" for key, name in zip(("w", "b"), names, strict=True)}
        self.fields.show_conditions(params, values, titles=titles)
        if names != self._shown:
            self.decay.hide()
            self.decay.deleteLater()
            self.decay = self._choice(names)
        decays = any(param.name == "weight_decay" for param in situation.rule.params())
        self.note.setText("Weight decay acts on" if decays else "This optimizer has no weight decay.")
        self.decay.setVisible(decays)
        mask = situation.settings.decay_mask
        self.decay.show_choice(mask[0] if mask is not None and len(mask) == 1 else BOTH)

    def _edited(self, name: str, value: Any) -> None:
        if self.situation is not None:
            scale = dict(zip(("w", "b"), self.situation.settings.rate_scale or ALIKE, strict=True))
            changed = tuple((scale | {name: float(value)}).values())
            self.ask(name, {"rate_scale": None if changed == ALIKE else changed}, scale[name])

    def _masked(self, name: str) -> None:
        self.ask("decay_mask", {"decay_mask": None if name == BOTH else (name,)})


def _factor(key: str, name: str) -> Param:
    text = f"By what the learning rate is multiplied for {name}; with 0 it stays where it is."
    return Param(key, "×", 1.0, low=0.0, shown=(0.01, 100.0), log=True, text=text)
