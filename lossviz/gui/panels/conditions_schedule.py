"""Schedule: how the learning rate changes from step to step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QLabel, QSizePolicy

from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import Situation
from lossviz.gui.panels.flow import Flow
from lossviz.gui.panels.rate_picture import MOST_POINTS, RatePicture
from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.numerals import short
from lossviz.rules import CONVENTIONS
from lossviz.rules.schedules import Schedule, from_table, schedule_class, schedule_conventions, schedules
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style

NONE = "none: the rate stays"
FOLLOWS = "The rate follows the losses; the picture shows what it was."
RISES = 1.01
"""A rate that is so many times as high on the way as at both ends is worth telling."""
_NEEDS = {
    "warmup_start": "warmup",
    "minimum_momentum": "cycle_momentum",
    "maximum_momentum": "cycle_momentum",
}
"""What says nothing unless another parameter is set."""
TITLES = {
    "pct_start": "Rises for",
    "pct_final": "Falls from",
    "div_factor": "Highest/first",
    "final_div_factor": "First/last",
    "cycle_momentum": "Momentum",
    "minimum_momentum": "Lowest β",
    "maximum_momentum": "Highest β",
    "threshold_mode": "Threshold is",
    "relative_threshold": "Relative thr.",
    "absolute_threshold": "Absolute thr.",
    "accumulation_size": "Mean of",
    "minimum_factor": "Least factor",
    "restart_factor": "Longer by",
    "peak_factor": "Lower by",
}
"""Names short enough to stand beside a slider."""


class ScheduleSection(ConditionSection):
    """The schedule, whose way of it, its parameters, and a picture of it."""

    name = "schedule"
    title = "Schedule"
    told = "How the learning rate changes from step to step; the optimizer's own is its base"
    keys = ("schedule",)

    def __init__(self) -> None:
        super().__init__()
        self.box, self.library = Chooser(), Chooser()
        self.box.setAccessibleName("Schedule")
        self.box.setToolTip(self.told)
        self.box.setMaxVisibleItems(20)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.addItem(NONE, "")
        for name in schedules():
            self.box.addItem(schedule_class(name).title, name)
        self.box.activated.connect(self._chosen)
        self.library.setAccessibleName("Library whose way of the schedule it is")
        self.library.setToolTip("The library that changes the rate so")
        theme.set_sizes(self.library, width=94)
        self.library.activated.connect(self._turned)
        row = Flow(spacing=6)
        row.add(self.box)
        row.add(self.library)
        self.picture = RatePicture()
        self.note = QLabel()
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        theme.set_type(self.note, 12)
        self.content.insertLayout(0, row)
        self.content.insertWidget(1, self.picture)
        self.content.insertWidget(2, self.note)
        self._frame: Frame | None = None

    def words(self, situation: Situation) -> str:
        """Say how the rate goes: ``"cosine, 0.3 → 0"``."""
        schedule = situation.settings.made_schedule()
        if schedule is None:
            return "none, the rate stays"
        if schedule.adaptive:
            return schedule.title
        rates = _rates(situation, schedule)
        if not rates.size or not np.all(np.isfinite(rates)):
            return schedule.title
        first, last, most = float(rates[0]), float(rates[-1]), float(rates.max())
        ways = [first, most, last] if most > RISES * max(first, last) else [first, last]
        return f"{schedule.title}, {' → '.join(short(rate, 2) for rate in ways)}"

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.picture.restyle(style)

    def show_frame(self, frame: Frame) -> None:
        """Mark the step that is seen; show the rates of a schedule that follows the losses."""
        self._frame = frame
        if self.opened:
            self.picture.show_step(frame.step)
            self._show_followed()

    def show_fields(self, situation: Situation) -> None:
        """Show the schedule; nothing is emitted."""
        schedule = situation.settings.made_schedule()
        self.box.setCurrentIndex(0 if schedule is None else self.box.findData(schedule.name))
        for part in (self.picture, self.note, self.fields):
            part.setVisible(schedule is not None)
        ways = () if schedule is None else schedule_conventions(schedule.name)
        self.library.setVisible(len(ways) > 1)
        if schedule is None:
            self.fields.show_conditions((), {})
            return
        self.library.clear()
        for way in ways:
            self.library.addItem(CONVENTIONS[way], way)
        self.library.setCurrentIndex(self.library.findData(schedule.convention))
        self.note.setText(FOLLOWS if schedule.adaptive else schedule.good)
        self.note.setToolTip(f"{schedule.formula}\n{schedule.source}")
        self.picture.show_rates(_rates(situation, schedule), situation.steps)
        if self._frame is not None:
            self.show_frame(self._frame)
        params = [param for param in schedule.params() if _matters(param, schedule)]
        values = {param.name: getattr(schedule, param.name) for param in params}
        self.fields.show_conditions(params, values, _begins(situation, schedule), TITLES)

    def fault(self, situation: Situation, values: Mapping[str, Any]) -> str:
        """Say what is wrong with a schedule."""
        try:
            schedule = from_table(values["schedule"]) if values["schedule"] is not None else None
            if schedule is not None:
                schedule.for_steps(situation.steps)
        except (TypeError, ValueError) as error:
            return str(error)
        return ""

    def _show_followed(self) -> None:
        """Show what the rate was in a descent whose schedule follows the losses."""
        descent = self._frame.scene.selected if self._frame is not None else None
        schedule = self.situation.settings.made_schedule() if self.situation is not None else None
        if descent is not None and schedule is not None and schedule.adaptive:
            rates = np.asarray(descent.trajectory.learning_rates)
            picked = np.unique(np.linspace(0, len(rates) - 1, min(len(rates), MOST_POINTS)).astype(int))
            self.picture.show_rates(rates[picked], len(rates))

    def _edited(self, name: str, value: Any) -> None:
        if self.situation is None:
            return
        schedule = self.situation.settings.made_schedule()
        if schedule is not None:
            own = schedule.to_table()
            table: dict[str, Any] = {"name": own} if isinstance(own, str) else dict(own)
            if value is None:
                table.pop(name, None)
            else:
                table[name] = list(value) if isinstance(value, tuple) else value
            self.ask(name, {"schedule": _shortest(table)}, getattr(schedule, name))

    def _chosen(self, index: int) -> None:
        """Take another schedule, in the way of the optimizer's library where that has one."""
        if self.situation is None:
            return
        name, before = self.box.itemData(index), self.situation.settings.made_schedule()
        self.box.setCurrentIndex(0 if before is None else self.box.findData(before.name))
        if name == (before.name if before is not None else ""):
            return
        if not name:
            self.ask("", {"schedule": None})
            return
        ways = schedule_conventions(name)
        way = self.situation.run.way if self.situation.run.way in ways else ways[0]
        self._take(name, way, before)

    def _turned(self, index: int) -> None:
        """Take another library's way of the same schedule."""
        before = self.situation.settings.made_schedule() if self.situation is not None else None
        if before is not None:
            way = self.library.itemData(index)
            self.library.setCurrentIndex(self.library.findData(before.convention))
            if way != before.convention:
                self._take(before.name, way, before)

    def _take(self, name: str, way: str, before: Schedule | None) -> None:
        """Ask for a schedule with what was set of parameters that it has too, as far as that may be."""
        kind = schedule_class(name, way)
        table: dict[str, Any] = {"name": name} if way == "pytorch" else {"name": name, "convention": way}
        set_before = {} if before is None else _set_params(before)
        if before is not None and name != before.name:
            # a step or a minimum of another schedule means something else
            set_before = {key: value for key, value in set_before.items() if key == "warmup"}
        for param in kind.params():
            if param.name in set_before:
                tried = table | {param.name: set_before[param.name]}
                if self.situation is not None and not self.fault(self.situation, {"schedule": tried}):
                    table = tried
        self.ask("", {"schedule": _shortest(table)})


def _rates(situation: Situation, schedule: Schedule) -> Array:
    """Give the rates over the steps of a descent, as many as a small picture needs."""
    if schedule.adaptive or situation.steps < 1:
        return np.zeros(0)
    steps = situation.steps
    k = np.unique(np.linspace(0, steps - 1, min(steps, MOST_POINTS)).astype(int))
    return np.asarray(schedule.for_steps(steps)(k, float(situation.rule.learning_rate)))


def _matters(param: Param, schedule: Schedule) -> bool:
    needed = _NEEDS.get(param.name, "")
    return not needed or bool(getattr(schedule, needed))


def _begins(situation: Situation, schedule: Schedule) -> dict[str, Any]:
    """Give what the run makes of what is left out: with that begins who sets it."""
    base = float(situation.rule.learning_rate)
    filled = schedule.for_steps(situation.steps)
    begins = {param.name: getattr(filled, param.name) for param in schedule.params()}
    if begins.get("maximum", base) is None:
        begins["maximum"] = base if schedule.name == "one_cycle" else 4.0 * (begins.get("minimum") or base)
    if begins.get("minimum", base) is None:
        begins["minimum"] = base
    if begins.get("step_size_down", 1) is None:
        begins["step_size_down"] = begins["step_size_up"]
    return begins


def _set_params(schedule: Schedule) -> dict[str, Any]:
    table = schedule.to_table()
    return {} if isinstance(table, str) else {k: v for k, v in table.items() if k not in ("name", "convention")}


def _shortest(table: dict[str, Any]) -> str | dict[str, Any]:
    """Give a table without what is as usual; as it is where it can't be read, which is then said."""
    try:
        return from_table(table).to_table()
    except (TypeError, ValueError):
        return table
