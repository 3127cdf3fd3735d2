"""Find a learning rate: a range test of the selected descent, beside the pictures; what is pointed at is its rate."""

from time import perf_counter

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from lossviz.analysis.range_test import RangeTest
from lossviz.experiment import Experiment
from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.panels.card_frame import ViewCard
from lossviz.gui.ranged_entry import RangedEntry
from lossviz.gui.session import WORTH_WAITING, Session
from lossviz.gui.side_window import SideWindow
from lossviz.jobs.messages import Done, Failed, Reply
from lossviz.jobs.rates import alone
from lossviz.numerals import short
from lossviz.scene.rates import RatesSeen, rates_seen
from lossviz.scene.style import Style
from lossviz.views.rates_view import RatesView

SIZE = (430, 600)
LOW, HIGH, STEPS = 1e-5, 10.0, 200
"""What is gone through, where nothing else is asked for."""
LOWEST, HIGHEST, MOST_STEPS = 1e-12, 1e9, 10_000
Question = tuple[Experiment, float, float, int]


class RateFinder(SideWindow):
    """Follows the selected descent, and sets its learning rate; each rate that is taken is an edit of its own.

    Parameters
    ----------
    session : Session
    backend : Backend
    style : Style
    parent : QWidget, optional
        The main window.
    """

    hovered = Signal(str)
    """What lies under the hand, in one line."""

    def __init__(self, session: Session, backend: Backend, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("Find a learning rate", session, backend, parent, SIZE)
        self._asked: Question | None = None
        """What is being tested, or was last."""
        self._asked_at = 0.0
        self._late = False
        """Whether something else is to be tested when what is being tested has come."""
        self._found: tuple[Question, RangeTest] | None = None
        self.about = QLabel()
        self.about.setProperty("quiet", True)
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setAccessibleName("What is tested")
        self.view = RatesView(style)
        self.view.hovered.connect(self.hovered)
        self.view.grasped.connect(session.grasp)
        self.view.rate_asked.connect(self._set_rate)
        self.view.released.connect(session.release)
        self.card = ViewCard(self.view, style, theme.zoom())
        self.card.setToolTip("Click or drag to set the learning rate; with the keys Left and Right")
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.told.setAccessibleName("What is seen")
        # room for its lines, so that the picture keeps its size
        theme.set_sizes(self.told, least_height=52)
        self.low = RangedEntry("First rate", LOWEST, HIGHEST, LOW, whole=False)
        self.high = RangedEntry("Last rate", LOWEST, HIGHEST, HIGH, whole=False)
        self.steps = RangedEntry("Steps of the test", 2, MOST_STEPS, STEPS)
        for entry in (self.low, self.high, self.steps):
            entry.edited.connect(self._bounds_edited)
        self.take_button, self.close_button = QPushButton("Take"), QPushButton("Close")
        self.take_button.setObjectName("play")
        self.take_button.setDefault(True)
        self.take_button.clicked.connect(self._take)
        self.close_button.setAccessibleName("Close")
        self.close_button.setToolTip("Close (Esc); the learning rate stays as it is")
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        self._lay_out()
        # the window's own keys don't reach here
        for keys, slot in (
            ("Ctrl+Z", session.history.undo),
            ("Ctrl+Shift+Z", session.history.redo),
            ("Ctrl+Y", session.history.redo),
        ):
            QShortcut(QKeySequence(keys), self, slot)
        session.experiment_changed.connect(self._follow)

    def _lay_out(self) -> None:
        body = QVBoxLayout(self)
        body.setContentsMargins(12, 12, 12, 12)
        body.setSpacing(8)
        body.addWidget(self.about)
        body.addWidget(self.card, 1)
        body.addWidget(self.told)
        body.addWidget(self.progress)
        self.progress.hide()
        bounds = QHBoxLayout()
        bounds.setSpacing(6)
        for text, entry in (("&From", self.low), ("&to", self.high), ("&in", self.steps)):
            label = QLabel(text)
            label.setProperty("quiet", True)
            label.setBuddy(entry)
            bounds.addWidget(label)
            bounds.addWidget(entry)
        unit = QLabel("steps")
        unit.setProperty("quiet", True)
        bounds.addWidget(unit)
        bounds.addStretch(1)
        body.addLayout(bounds)
        body.addWidget(self.sentence)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.take_button)
        body.addLayout(buttons)
        for before, after in (
            (self.card, self.low),
            (self.low, self.high),
            (self.high, self.steps),
            (self.steps, self.close_button),
            (self.close_button, self.take_button),
        ):
            QWidget.setTabOrder(before, after)

    @property
    def seen(self) -> RatesSeen | None:
        """What is shown."""
        return self.view.seen

    @property
    def _number(self) -> int:
        """The place of the selected run; −1 where there is no run."""
        return min(self._session.experiment.view.selected, len(self._session.experiment.runs) - 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Test what is selected now."""
        super().showEvent(event)
        self.card.setFocus(Qt.FocusReason.TabFocusReason)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave what is being tested: nobody sees it."""
        super().hideEvent(event)
        if self._awaited:
            self._give_up()
            self._backend.leave_rates()
            self._asked, self._late = None, False

    def restyle(self, style: Style) -> None:
        """Change colours and sizes."""
        self.card.restyle(style, theme.zoom())
        self._show()

    # what a person wants ------------------------------------------------------------------------------------------

    @Slot()
    def _take(self) -> None:
        if self.seen is not None and self.seen.suggestion is not None:
            self._set_rate(self.seen.suggestion)

    @Slot(float)
    def _set_rate(self, rate: float) -> None:
        number = self._number
        if number >= 0:
            run = self._session.experiment.runs[number]
            values = {**run.hyperparameters, "learning_rate": rate}
            self._session.edit_run(number, msgspec.structs.replace(run, hyperparameters=values))

    @Slot()
    def _bounds_edited(self) -> None:
        fault = next((entry.fault for entry in (self.low, self.high, self.steps) if entry.fault), "")
        if not fault and not self.low.value < self.high.value:
            fault = f"The first rate must be below the last one, {short(self.high.value, 6)}."
        self.say(fault)
        if not fault:
            self._follow()

    # testing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _follow(self) -> None:
        """Test what is selected, where that isn't what was tested."""
        if not self.isVisible():
            return
        if self._number >= 0 and self.low.value < self.high.value:
            subject = alone(self._session.experiment, self._number)
            question = (subject, self.low.value, self.high.value, int(self.steps.value))
            self._late = False
            if question != self._asked:
                self._ask(question)
        self._show()

    def _ask(self, question: Question) -> None:
        """Have something tested; where much the same is under way, when that has come: a drag shows it on its way."""
        before, subject = self._asked, question[0]
        alike = before is not None and (before[0].surface, _rule(before)) == (subject.surface, _rule(question))
        if alike and self._awaited and perf_counter() - self._asked_at < WORTH_WAITING:
            self._late = True
            return
        if not alike:
            # it would be taken for that of what is selected now
            self._found = None
        self._asked, self._asked_at = question, perf_counter()
        self._await(self._backend.try_rates(*question))

    def _answered(self, reply: Reply) -> None:
        match reply:
            case Done(result=RangeTest() as test) if self._asked is not None:
                self._found = (self._asked, test)
                self.say("")
            case Failed(sentence=sentence):
                self._found = None
                self.say(sentence)
        if self._late:
            self._follow()
        else:
            self._show()

    # showing ------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show what was found for the selected run, at its present rate."""
        experiment, number, before = self._session.experiment, self._number, self.seen
        self.about.setText(_about(experiment, number))
        seen = None
        if self._found is not None and number >= 0:
            (_, low, high, _), test = self._found
            seen = rates_seen(experiment, number, test, low, high)
        self.view.show_rates(seen)
        waiting = "Testing …" if self._awaited else ""
        self.told.setText(seen.sentence if seen is not None else waiting)
        suggestion = seen.suggestion if seen is not None else None
        self.take_button.setEnabled(suggestion is not None)
        text = "Take" if suggestion is None else f"Take {short(suggestion)}"
        self.take_button.setText(text)
        self.take_button.setAccessibleName(text)
        self.take_button.setToolTip("Let the selected descent have the suggested learning rate (Enter)")
        if before is None and seen is not None and self.card.hasFocus():
            # there is a knob now that the keys can move
            self.card.clearFocus()
            self.card.setFocus(Qt.FocusReason.TabFocusReason)
        self.card.card.update()


def _rule(question: Question) -> tuple[str, str]:
    (run,) = question[0].runs
    return run.optimizer, run.convention


def _about(experiment: Experiment, number: int) -> str:
    """Say what is tested, and under which conditions."""
    if number < 0:
        return "There is no descent to find a learning rate for."
    run = experiment.runs[number]
    settings = experiment.settings(run)
    parts = [run.label] if run.kind in run.label else [run.label, run.kind]
    batches = f"batches of {settings.batch_size}"
    if settings.batch_size is not None and batches not in run.label:
        parts.append(batches)
    if settings.schedule is not None:
        parts.append("its schedule is left out")
    return " · ".join(parts)
