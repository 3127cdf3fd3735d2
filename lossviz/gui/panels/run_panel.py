"""The run panel: the selected run's optimizer and hyperparameters, made from the Params that the rule declares."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QLayout, QSizePolicy, QSpinBox, QToolButton, QVBoxLayout, QWidget

from lossviz.experiment import Experiment, Run
from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.gui.form import NAME, NumberEntry, ParamField, parsed
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.gui.panels.flow import Flow
from lossviz.gui.theme import icon
from lossviz.landscape.domain import FARTHEST
from lossviz.numerals import counted, exact, short
from lossviz.rules import CATALOGUE
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style

MOST_STEPS = 10_000
"""What a person may ask for here: more would follow a drag too slowly. A file may hold more."""


class RunPanel(CardFrame):
    """Edits the selected run, and what all runs share: their start and number of steps."""

    run_edited = Signal(int, object)
    start_edited = Signal(float, float)
    steps_edited = Signal(int)
    held = Signal(str)
    """A parameter is to be held at its start, or let go."""
    grasped = Signal()
    released = Signal()
    trouble = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("Selected", parent)
        self._style = style
        self._number = 0
        self._run: Run | None = None
        self._fields: list[ParamField] = []
        self._tells_limits = True
        self._steps = 1
        self._form = QVBoxLayout()
        self._form.setSpacing(4)
        self.optimizer = Chooser()
        self.optimizer.setAccessibleName("Optimizer")
        self.optimizer.setToolTip("The rule by which the selected descent steps")
        for name, rule in CATALOGUE.items():
            self.optimizer.addItem(rule.title, name)
            self.optimizer.setItemData(self.optimizer.count() - 1, rule.formula, Qt.ItemDataRole.ToolTipRole)
        self.optimizer.setMaxVisibleItems(20)
        self.optimizer.activated.connect(self._chosen)
        self.parts: dict[str, QWidget] = {}
        """What can be hidden, by name."""
        self._add_part("optimizer", self._row("Optimizer", self.optimizer))
        self.formula = QLabel()
        self.formula.setProperty("quiet", True)
        self.formula.setWordWrap(True)
        self.formula.setAccessibleName("Rule of the optimizer")
        self.body.addWidget(self.formula)
        self.parts["rule"] = self.formula
        self._add_part("rates", self._form)
        self.w, self.b = NumberEntry(), NumberEntry()
        for entry, name in ((self.w, "Start, weight w"), (self.b, "Start, bias b")):
            entry.setAccessibleName(name)
            entry.setToolTip(f"{name}: where all descents begin; or drag ○ on the map")
            theme.set_sizes(entry, least_width=52)
            entry.editingFinished.connect(self._start_typed)
        self.locks = {"w": self._lock("w", "weight"), "b": self._lock("b", "bias")}
        start = Flow(spacing=4)
        self._start_name = self._name("Start (w, b)")
        start.add(self._start_name)
        start.add(self.w, self.locks["w"], self.b, self.locks["b"])
        self._add_part("start", start)
        self.steps = QSpinBox()
        self.steps.setRange(1, 10_000_000)
        self.steps.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.steps.setAccessibleName("Steps")
        self.steps.setToolTip(f"How many steps each descent makes, from 1 to {counted(MOST_STEPS)}")
        self.steps.setKeyboardTracking(False)
        self.steps.valueChanged.connect(self._steps_typed)
        self.steps.lineEdit().returnPressed.connect(self.steps.clearFocus)
        self._add_part("steps", self._row("Steps", self.steps))

    @property
    def fields(self) -> tuple[ParamField, ...]:
        """The editors of the hyperparameters, in their order."""
        return tuple(self._fields)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the selected run; nothing is emitted."""
        hidden = experiment.view.hidden
        self._tells_limits = "limits" not in hidden
        self._show_shared(experiment)
        self._show_run(experiment)
        # last, as what is hidden loses the keys, and so takes what is typed in it: that is an edit
        for name, part in self.parts.items():
            part.setVisible(name not in hidden)

    def _show_shared(self, experiment: Experiment) -> None:
        start, pair = experiment.start, experiment.surface.features is not None
        self._start_name.setText("Start (w₁, w₂)" if pair else "Start (w, b)")
        self.w.setAccessibleName("Start, weight w₁" if pair else "Start, weight w")
        self.b.setAccessibleName("Start, weight w₂" if pair else "Start, bias b")
        for entry, value in zip((self.w, self.b), start, strict=True):
            if not (entry.hasFocus() and entry.isModified()):
                entry.show_text(short(value, 4))
                entry.setToolTip(
                    f"{entry.accessibleName()}: {exact(value)}; all descents begin here. Or drag ○ on the map"
                )
        free = experiment.descent.free or ("w", "b")
        for name, lock in self.locks.items():
            lock.setChecked(name not in free)
            lock.setToolTip(_lock_tip(name, free, pair))
            lock.setIcon(icon("lock" if name not in free else "lock-open", self._style.quiet, 15))
        self._steps = experiment.descent.steps
        self.steps.blockSignals(True)
        self.steps.setValue(experiment.descent.steps)
        self.steps.blockSignals(False)

    def _show_run(self, experiment: Experiment) -> None:
        self._number = min(experiment.view.selected, len(experiment.runs) - 1)
        self._run = experiment.runs[self._number] if experiment.runs else None
        self.optimizer.setEnabled(self._run is not None)
        if self._run is None:
            self.set_title("No descent")
            self._make_fields(())
            self.formula.setText("")
            return
        rule = self._run.rule()
        self.set_title(f"Selected: {self._run.label}")
        self.optimizer.setCurrentIndex(self.optimizer.findData(self._run.optimizer))
        self.formula.setText(rule.formula)
        self.formula.setToolTip(f"{(type(rule).__doc__ or '').strip()}\n{rule.source}".strip())
        params = rule.params()
        if tuple(field.param for field in self._fields) != params:
            self._make_fields(params)
        for field in self._fields:
            field.show_value(rule.values[field.param.name])

    def show_frame(self, frame: Frame) -> None:
        """Mark the rates that mean something where the run is now."""
        descent = frame.scene.selected
        rate = next((field for field in self._fields if field.param.name == "learning_rate"), None)
        if descent is None or rate is None:
            return
        marks, note = rate_marks(frame, self._style) if self._tells_limits else ([], "")
        rate.show_marks(marks, note)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self._style = style

    def _make_fields(self, params: tuple) -> None:
        for field in self._fields:
            self._form.removeWidget(field)
            # what is typed in it was meant for another rule
            field.blockSignals(True)
            field.hide()
            field.deleteLater()
        self._fields = []
        for param in params:
            field = ParamField(param, wide=param.name == "learning_rate")
            field.edited.connect(self._edited)
            field.grasped.connect(self.grasped)
            field.released.connect(self.released)
            self._fields.append(field)
            self._form.addWidget(field)

    def _add_part(self, name: str, row: QLayout) -> None:
        part = QWidget()
        part.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(part)
        self.parts[name] = part

    def _lock(self, name: str, text: str) -> QToolButton:
        lock = QToolButton()
        lock.setObjectName("lock")
        lock.setCheckable(True)
        theme.set_sizes(lock, icon=15)
        lock.setAccessibleName(f"Hold the {text}")
        # the session decides: the last free parameter stays free
        lock.clicked.connect(lambda _=False: self.held.emit(name))
        return lock

    def _row(self, name: str, widget: QWidget) -> Flow:
        row, label = Flow(), self._name(name)
        label.setBuddy(widget)
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.add(label)
        row.add(widget)
        return row

    @staticmethod
    def _name(text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("quiet", True)
        theme.set_sizes(label, least_width=NAME)
        return label

    @Slot(str, object)
    def _edited(self, name: str, value: object) -> None:
        if self._run is not None:
            values = {**self._run.hyperparameters, name: value}
            self.run_edited.emit(self._number, msgspec.structs.replace(self._run, hyperparameters=values))

    @Slot(int)
    def _chosen(self, index: int) -> None:
        """Change the optimizer: hyperparameters that the other one has too are kept, the rate among them."""
        name = self.optimizer.itemData(index)
        if self._run is None or name == self._run.optimizer:
            return
        known = {param.name for param in CATALOGUE[name].params()}
        kept = {key: value for key, value in self._run.hyperparameters.items() if key in known}
        self.run_edited.emit(
            self._number, msgspec.structs.replace(self._run, optimizer=name, hyperparameters=kept, name="")
        )

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

    @Slot()
    def _start_typed(self) -> None:
        if not (self.w.isModified() or self.b.isModified()):
            return
        values = [_place(entry.text()) for entry in (self.w, self.b)]
        for entry, value in zip((self.w, self.b), values, strict=True):
            theme.mark(entry, "wrong", value is None)
        if values[0] is None or values[1] is None:
            self.trouble.emit(f"The start must be two numbers within ±{short(FARTHEST)}: a weight and a bias.")
            return
        self.w.setModified(False)
        self.b.setModified(False)
        self.trouble.emit("")
        self.start_edited.emit(values[0], values[1])


def _place(text: str) -> float | None:
    """Read a weight or bias where a descent can start; None where it is none."""
    value = parsed(text)
    return value if value is not None and abs(value) <= FARTHEST else None


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


def _lock_tip(name: str, free: Sequence[str], pair: bool) -> str:
    """Say what a click on a lock does; one of the two parameters always moves."""
    names = ("weight w₁", "weight w₂") if pair else ("weight", "bias")
    this, other = names if name == "w" else names[::-1]
    if name not in free:
        return f"The {this} is held at its start; a click lets it move again"
    if len(free) == 1:
        return f"Hold the {this} instead: the {other} is let go, as one of the two must move"
    return f"Hold the {this}: it stays at its start, and the descents move along the {other} alone"
