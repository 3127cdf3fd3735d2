"""The run panel: the selected run's optimizer and hyperparameters, made from the Params that the rule declares."""

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QWidget

from lossviz.experiment import Experiment, Run
from lossviz.gui import theme
from lossviz.gui.form import NAME, ParamField
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.gui.panels.conditions import Conditions
from lossviz.gui.panels.conditions_situation import MOST_STEPS, Situation
from lossviz.gui.panels.flow import Flow
from lossviz.gui.panels.hyper_fields import HyperFields
from lossviz.gui.panels.optimizer_choice import OptimizerChoice
from lossviz.gui.panels.start_fields import StartFields
from lossviz.landscape.base import BaseSurface
from lossviz.numerals import counted, short
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style

MOST_LINES = 4
"""Of a rule in symbols; all of them stand in its tooltip and in the picker."""


class RunPanel(CardFrame):
    """Edits the selected run, and what all runs share: their start and number of steps."""

    picker_asked = Signal()
    """Another optimizer is to be chosen."""
    rates_asked = Signal()
    """A learning rate is to be looked for."""
    run_edited = Signal(int, object)
    run_added = Signal(object)
    start_edited = Signal(float, float)
    steps_edited = Signal(int)
    held = Signal(str)
    """A parameter is to be held at its start, or let go."""
    conditions_edited = Signal(int, object)
    """Conditions of the descent with this number: keys of [descent] and their new values."""
    conditions_shared = Signal(int, object, str)
    """Its conditions with these keys are to hold for all descents; and what they are about."""
    grasped = Signal()
    released = Signal()
    trouble = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("Selected", parent)
        self._style = style
        self._number = 0
        self._run: Run | None = None
        self._tells_limits = True
        self._steps = 1
        self._experiment: Experiment | None = None
        self._surface: BaseSurface | None = None
        # a long name goes on below
        self.title.setWordWrap(True)
        self.optimizer = OptimizerChoice()
        self.optimizer.picker_asked.connect(self.picker_asked)
        self.optimizer.edited.connect(self._changed)
        self.optimizer.added.connect(self.run_added)
        self.formula = QLabel()
        self.formula.setProperty("quiet", True)
        self.formula.setWordWrap(True)
        self.formula.setAccessibleName("Rule of the optimizer")
        self.hyper = HyperFields()
        self.hyper.edited.connect(self._edited)
        self.hyper.rates_asked.connect(self.rates_asked)
        self.hyper.grasped.connect(self.grasped)
        self.hyper.released.connect(self.released)
        self.start = StartFields()
        self.start.edited.connect(self.start_edited)
        self.start.held.connect(self.held)
        self.start.trouble.connect(self.trouble)
        self.conditions = Conditions(style)
        self.parts: dict[str, QWidget] = {
            "optimizer": self.optimizer,
            "rule": self.formula,
            "rates": self.hyper,
            "start": self.start,
            "steps": self._steps_row(),
        }
        """What can be hidden, by name."""
        for name, part in self.parts.items():
            if name != "steps":
                self.body.addWidget(part)
        last = Flow(spacing=6)
        last.add(self.parts["steps"])
        last.add(self.conditions.opener)
        self.body.addLayout(last)
        self.conditions.edited.connect(self._conditions_edited)
        self.conditions.shared.connect(self._conditions_shared)
        self.conditions.grasped.connect(self.grasped)
        self.conditions.released.connect(self.released)
        self.body.addWidget(self.conditions)

    def _steps_row(self) -> QWidget:
        self.steps = QSpinBox()
        self.steps.setRange(1, 10_000_000)
        self.steps.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.steps.setAccessibleName("Steps")
        self.steps.setToolTip(f"How many steps each descent makes, from 1 to {counted(MOST_STEPS)}")
        self.steps.setKeyboardTracking(False)
        self.steps.valueChanged.connect(self._steps_typed)
        self.steps.lineEdit().returnPressed.connect(self.steps.clearFocus)
        self.steps.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.set_sizes(self.steps, least_width=64)
        name = QLabel("Steps")
        name.setProperty("quiet", True)
        name.setBuddy(self.steps)
        theme.set_sizes(name, least_width=NAME)
        part = QWidget()
        part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.steps, 1)
        return part

    @property
    def fields(self) -> tuple[ParamField, ...]:
        """The editors of the hyperparameters, in their order."""
        return self.hyper.fields

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the selected run; nothing is emitted."""
        hidden, self._experiment = experiment.view.hidden, experiment
        self._tells_limits = "limits" not in hidden
        self.start.show_experiment(experiment, self._style)
        self._show_run(experiment)
        self._show_conditions(experiment)
        # last, as what is hidden loses the keys, and so takes what is typed in it: that is an edit
        for name, part in self.parts.items():
            part.setVisible(name not in hidden)

    def _show_conditions(self, experiment: Experiment) -> None:
        """Show how many steps the descent makes, and under which conditions."""
        situation = Situation(experiment, self._number, self._surface) if experiment.runs else None
        self._steps = experiment.descent.steps if situation is None else situation.steps
        self.steps.blockSignals(True)
        self.steps.setValue(self._steps)
        self.steps.blockSignals(False)
        self.conditions.show_situation(situation, experiment.view.hidden)

    def _show_run(self, experiment: Experiment) -> None:
        self._number = min(experiment.view.selected, len(experiment.runs) - 1)
        self._run = experiment.runs[self._number] if experiment.runs else None
        self.optimizer.show_run(self._run)
        if self._run is None:
            self.set_title("No descent")
            self.hyper.show_values((), {})
            self.formula.setText("")
            return
        rule = self._run.rule()
        self.set_title(f"Selected: {self._run.label}")
        self.formula.setText(_last_lines(rule.formula))
        self.formula.setToolTip(f"{rule.formula}\n\n{(type(rule).__doc__ or '').strip()}\n{rule.source}".strip())
        self.hyper.show_values(rule.params(), rule.values)

    def show_frame(self, frame: Frame) -> None:
        """Mark the rates that mean something where the run is now; show what the conditions come to on its surface."""
        if frame.scene.surface is not self._surface:
            self._surface = frame.scene.surface
            if self._experiment is not None:
                self._show_conditions(self._experiment)
        self.conditions.show_frame(frame)
        descent, rate = frame.scene.selected, self.hyper.rate
        if descent is None or rate is None:
            return
        marks, note = rate_marks(frame, self._style) if self._tells_limits else ([], "")
        rate.show_marks(marks, note)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self._style = style
        self.conditions.restyle(style)

    @Slot(object)
    def _conditions_edited(self, values: object) -> None:
        self.conditions_edited.emit(self._number, values)

    @Slot(object, str)
    def _conditions_shared(self, keys: object, about: str) -> None:
        self.conditions_shared.emit(self._number, keys, about)

    @Slot(str, object)
    def _edited(self, name: str, value: object) -> None:
        if self._run is not None:
            values = {**self._run.hyperparameters, name: value}
            self.run_edited.emit(self._number, msgspec.structs.replace(self._run, hyperparameters=values))

    @Slot(object)
    def _changed(self, run: Run) -> None:
        self.run_edited.emit(self._number, run)

    @Slot(int)
    def _steps_typed(self, steps: int) -> None:
        if steps > MOST_STEPS:
            self.trouble.emit(
                f"In the window a descent makes at most {counted(MOST_STEPS)} steps, not {counted(steps)}."
            )
            self.steps.blockSignals(True)
            self.steps.setValue(self._steps)
            self.steps.blockSignals(False)
            return
        self.trouble.emit("")
        self.steps_edited.emit(steps)


def _last_lines(formula: str) -> str:
    """Give the formula of a rule, or where that is long its last lines, which say where the step goes."""
    lines = formula.split("\n")
    return formula if len(lines) <= MOST_LINES else "\n".join(("…", *lines[-MOST_LINES + 1 :]))


def rate_marks(frame: Frame, style: Style) -> tuple[list[tuple[float, str]], str]:
    """Give the learning rates that mean something at the selected run's place, and a line of text about them."""
    descent = frame.scene.selected
    if descent is None:
        return [], ""
    t = descent.trajectory
    k = min(frame.row, descent.finite - 1, t.steps)
    if k < 0:
        return [], ""
    limit = float(t.evidence.limits[k])
    if not limit > 0:
        return [], ""
    # the same everywhere on a quadratic alone
    here = "" if frame.scene.surface.quadratic else " here"
    if t.rule.name != "gradient_descent":
        return [(limit, style.ink)], f"limit {short(limit)}{here}"
    zigzag = limit / 2.0
    return [(zigzag, style.quiet), (limit, style.ink)], f"zig-zag from {short(zigzag, 2)} · limit {short(limit)}{here}"
