"""Clipping: how long the slopes may be that the optimizer is given."""

from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import Situation
from lossviz.numerals import short
from lossviz.rules.schedules.params import Optional


def _limit(name: str, symbol: str, text: str) -> Optional:
    return Optional(name, symbol, low=0.0, open_low=True, shown=(0.01, 100.0), log=True, text=text, absent="off")


LIMITS = (
    _limit("clip_value", "±c", "Each slope is cut to ± this: PyTorch's clip_grad_value_, Keras's clipvalue."),
    _limit("clip_norm", "c", "Each parameter's slope is shortened to this by itself: Keras's clipnorm."),
    _limit(
        "clip_global_norm", "c", "The slope as a whole is shortened to this and keeps its direction: clip_grad_norm_."
    ),
)
TITLES = {"clip_value": "Value", "clip_norm": "Norm of each", "clip_global_norm": "Global norm"}
BEGIN = 1.0


class ClippingSection(ConditionSection):
    """Three limits, each of which may be there or not."""

    name = "clipping"
    title = "Clipping"
    told = "Slopes that are too long are cut or shortened before the optimizer gets them"
    keys = ("clip_value", "clip_norm", "clip_global_norm")

    def words(self, situation: Situation) -> str:
        """Say which limits there are: ``"global norm at 1"``."""
        limits = {key: getattr(situation.settings, key) for key in self.keys}
        words = {
            "clip_value": "value at ±{}",
            "clip_norm": "norm of each at {}",
            "clip_global_norm": "global norm at {}",
        }
        return ", ".join(words[key].format(short(limit)) for key, limit in limits.items() if limit is not None) or "off"

    def show_fields(self, situation: Situation) -> None:
        """Show the limits; nothing is emitted."""
        values = {key: getattr(situation.settings, key) for key in self.keys}
        self.fields.show_conditions(LIMITS, values, dict.fromkeys(self.keys, BEGIN), TITLES)
