"""Looks: how often somebody looks at the loss, how long that takes, and at what the descent then stops."""

from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import Situation
from lossviz.landscape.param import Param
from lossviz.numerals import counted, short
from lossviz.rules.schedules.params import Optional

EVERY = Param(
    "check_every",
    "n",
    1,
    low=1,
    high=10_000_000,
    shown=(1, 100),
    log=True,
    whole=True,
    text="Steps between two looks: what stops a descent, or makes a schedule act, is seen only then.",
)
SECONDS = Optional(
    "check_seconds",
    "s",
    low=0.0,
    open_low=True,
    shown=(1e-3, 10.0),
    log=True,
    text="Seconds of modelled time between two looks, instead of a number of steps.",
    absent="steps are counted",
)
STOPS = (
    Optional(
        "loss_below", "ε", shown=(1e-6, 100.0), log=True, text="Stop where the loss is below this.", absent="no stop"
    ),
    Optional(
        "tolerance",
        "‖g‖",
        low=0.0,
        shown=(1e-9, 1.0),
        log=True,
        text="Stop where the slope is no longer than this.",
        absent="no stop",
    ),
    Optional(
        "loss_change",
        "ΔL",
        low=0.0,
        shown=(1e-9, 1.0),
        log=True,
        text="Stop where the loss differs by less than this from that of the look before.",
        absent="no stop",
    ),
)
TIMES = (
    Param("step_seconds", "s", 1e-3, low=0.0, shown=(1e-6, 10.0), log=True, text="The modelled time of a step."),
    Param(
        "sample_seconds",
        "s",
        1e-6,
        low=0.0,
        shown=(1e-9, 1.0),
        log=True,
        text="The modelled time of each sample in a step; a look takes that of all samples.",
    ),
)
BEGINS = {"check_seconds": 0.1, "loss_below": 0.1, "tolerance": 1e-3, "loss_change": 1e-4}
TITLES = {
    "check_every": "Every n steps",
    "check_seconds": "Seconds",
    "loss_below": "Loss <",
    "tolerance": "Slope ≤",
    "loss_change": "Change <",
    "step_seconds": "s per step",
    "sample_seconds": "s per sample",
}
_STOP_WORDS = {
    "loss_below": "at a loss below {}",
    "tolerance": "at a slope up to {}",
    "loss_change": "at a change below {}",
}


class LooksSection(ConditionSection):
    """When one looks, at what one stops, and the modelled time of it all."""

    name = "looks"
    title = "Looks"
    told = "How often somebody looks at the loss of all samples: only then a descent can stop, or a schedule act"
    keys = (
        "check_every",
        "check_seconds",
        "loss_below",
        "tolerance",
        "loss_change",
        "step_seconds",
        "sample_seconds",
    )

    def words(self, situation: Situation) -> str:
        """Say how often one looks, and what ends the descent: ``"every 10 steps, stops at a loss below 0.55"``."""
        s = situation.settings
        if s.check_seconds is not None:
            often = f"every {short(s.check_seconds)} s"
        else:
            often = "at each step" if s.check_every == 1 else f"every {counted(s.check_every)} steps"
        stops = [
            words.format(short(limit)) for key, words in _STOP_WORDS.items() if (limit := getattr(s, key)) is not None
        ]
        return f"{often}, stops {' or '.join(stops)}" if stops else often

    def show_fields(self, situation: Situation) -> None:
        """Show all of them; nothing is emitted."""
        values = {key: getattr(situation.settings, key) for key in self.keys}
        # by the clock no steps are counted
        often = (SECONDS,) if values["check_seconds"] is not None else (EVERY, SECONDS)
        self.fields.show_conditions((*often, *STOPS, *TIMES), values, BEGINS, TITLES)
