"""The descents panel: the runs with their verdicts so far; select, show or hide, remove, add."""

from html import escape

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lossviz.diagnosis.destination import Destination
from lossviz.diagnosis.verdict import Explanation
from lossviz.experiment import Experiment
from lossviz.gui import theme
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.gui.panels.crowd_row import CrowdRow
from lossviz.gui.panels.flow import Flow
from lossviz.gui.panels.scroll import Scroll
from lossviz.gui.theme import icon, marker_pixmap
from lossviz.scene.ends import minimum_at
from lossviz.scene.frame import Frame
from lossviz.scene.scene import Scene
from lossviz.scene.style import Style

ROOM, LEAST = 150, 120
"""Pixels of the list of runs where there is room, and at least."""


class RunRow(QFrame):
    """One run: marker, label, optimizer, verdict up to the step that is seen."""

    selected = Signal(int)
    shown_toggled = Signal(int, bool)
    removed = Signal(int)

    def __init__(self, number: int, style: Style) -> None:
        super().__init__()
        self.number = number
        self.tells_where = True
        self.setObjectName("run")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # a list that is too low is scrolled, and not squeezed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(7, 3, 3, 4)
        grid.setHorizontalSpacing(7)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        self._label = self._optimizer = self._verdict = self._where = self._quiet = ""
        self.marker = QLabel()
        self.name = QLabel()
        theme.set_type(self.name, style.text)
        # rather cut off than wider than the panel
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.verdict = QLabel()
        self.verdict.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.set_type(self.verdict, style.small)
        self.where = QLabel()
        self.where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.where.hide()
        theme.set_type(self.where, style.small)
        self.eye = QToolButton()
        self.eye.setObjectName("bare")
        self.eye.setCheckable(True)
        self.eye.setToolTip("Show or hide this descent")
        self.bin = QToolButton()
        self.bin.setObjectName("bare")
        self.bin.setToolTip("Remove this descent")
        grid.addWidget(self.marker, 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.eye, 0, 2)
        grid.addWidget(self.bin, 0, 3)
        grid.addWidget(self.verdict, 1, 1, 1, 3)
        grid.addWidget(self.where, 2, 1, 1, 3)
        for button in (self.eye, self.bin):
            theme.set_sizes(button, icon=15)
        self.eye.toggled.connect(self._toggled)
        self.bin.clicked.connect(self._removed)

    def show_run(self, label: str, optimizer: str, shown: bool, chosen: bool, style: Style) -> None:
        """Show a run; nothing is emitted."""
        self._label = label
        self._optimizer = "" if optimizer.lower() in label.lower() else optimizer
        self._quiet = style.quiet
        self._show_name()
        self.marker.setPixmap(marker_pixmap(self.number, style, self.devicePixelRatioF(), faint=not shown))
        self.eye.blockSignals(True)
        self.eye.setChecked(shown)
        self.eye.blockSignals(False)
        self.eye.setIcon(icon("eye" if shown else "eye-off", style.quiet, 15))
        self.bin.setIcon(icon("trash-2", style.quiet, 15))
        self.setAccessibleName(f"Descent with {label}, {optimizer}")
        self.eye.setAccessibleName(f"Show {label}")
        self.bin.setAccessibleName(f"Remove {label}")
        theme.mark(self, "chosen", chosen)

    def show_verdict(self, text: Explanation, end: Destination | None = None) -> None:
        """Show the verdict so far on one line, and in which of several minima it ended; the tooltip says it all."""
        if self._verdict != text.brief:
            self._verdict = text.brief
            self._show_verdict()
        plain = text.plain if end is None else f"{text.plain}; {end.text}"
        if self.verdict.toolTip() != plain:
            self.verdict.setToolTip(plain)
        where = "" if end is None or end.kind == "only" else end.text
        if where != self._where:
            self._where = where
            self._show_where()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut texts that don't fit."""
        super().resizeEvent(event)
        # the layout has placed the labels already
        self._show_name()
        self._show_verdict()
        self._show_where()

    def _show_name(self) -> None:
        bold, plain = QFont(self.name.font()), self.name.fontMetrics()
        bold.setWeight(QFont.Weight.DemiBold)
        heavy, right = QFontMetrics(bold), Qt.TextElideMode.ElideRight
        label = heavy.elidedText(self._label, right, self.name.width())
        room = self.name.width() - heavy.horizontalAdvance(f"{label} ")
        optimizer = plain.elidedText(self._optimizer, right, room) if room > 0 else ""
        text = f"<span style='font-weight:600'>{escape(label)}</span>"
        if optimizer not in ("", "…"):
            text += f" <span style='color:{self._quiet}'>{escape(optimizer)}</span>"
        if text != self.name.text():
            self.name.setText(text)
            self.name.setToolTip(" ".join(filter(None, (self._label, self._optimizer))))

    def _show_where(self) -> None:
        # where there is one minimum for all no row has a third line
        self.where.setVisible(bool(self._where) and self.tells_where)
        right = Qt.TextElideMode.ElideRight
        self.where.setText(self.where.fontMetrics().elidedText(self._where, right, self.verdict.width()))
        self.where.setToolTip(self._where)

    def _show_verdict(self) -> None:
        right = Qt.TextElideMode.ElideRight
        self.verdict.setText(self.verdict.fontMetrics().elidedText(self._verdict, right, self.verdict.width()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask to be selected."""
        self.selected.emit(self.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Be selected by Enter, removed by Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.selected.emit(self.number)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self.number)
        else:
            super().keyPressEvent(event)

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        self.shown_toggled.emit(self.number, on)

    @Slot()
    def _removed(self) -> None:
        self.removed.emit(self.number)


class RunList(Scroll):
    """The rows: a few of them are seen without scrolling, and more where there is room."""

    def __init__(self, rows: QWidget) -> None:
        super().__init__(rows, "List of descents", stop=False)

    def sizeHint(self) -> QSize:
        """Give room for a few rows."""
        return super().sizeHint().boundedTo(QSize(10_000, theme.scaled(ROOM)))

    def minimumSizeHint(self) -> QSize:
        """Give room for two rows and a half."""
        return QSize(0, min(self.sizeHint().height(), theme.scaled(LEAST)))


class DescentsPanel(CardFrame):
    """All runs. What a person wants leaves as signals with the run's number."""

    selected = Signal(int)
    shown_toggled = Signal(int, bool)
    removed = Signal(int)
    added = Signal()
    duplicated = Signal()
    kept = Signal()
    """The runs before the last change are to be pinned."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("Descents", parent)
        self._style = style
        self.rows: list[RunRow] = []
        self._chosen = -1
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        inner = QWidget()
        inner.setObjectName("inner")
        outer = QVBoxLayout(inner)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._column)
        outer.addStretch(1)
        self.area = RunList(inner)
        self.body.addWidget(self.area, 1)
        self.add = self._button("Add", "Add a copy of the selected descent at half its rate (Ctrl+D)", self.added)
        self.duplicate = self._button(
            "Duplicate", "Add a copy of the selected descent as it is (Ctrl+Shift+D)", self.duplicated
        )
        self.keep = self._button("Keep old", "Pin the faint path as a descent of its own (K)", self.kept)
        row = Flow(spacing=6)
        for button in (self.add, self.duplicate, self.keep):
            theme.set_sizes(button, icon=16)
            row.add(button)
        self.body.addLayout(row)
        self.crowd = CrowdRow()
        self.body.addWidget(self.crowd)
        self.restyle(style)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the runs; nothing is emitted."""
        hidden = experiment.view.hidden
        for button in (self.add, self.duplicate, self.keep):
            button.setVisible("adding" not in hidden)
        self.crowd.setVisible("random starts" not in hidden)
        self.crowd.show_experiment(experiment)
        while len(self.rows) > len(experiment.runs):
            row = self.rows.pop()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(experiment.runs):
            row = RunRow(len(self.rows), self._style)
            row.selected.connect(self.selected)
            row.shown_toggled.connect(self.shown_toggled)
            row.removed.connect(self.removed)
            self.rows.append(row)
            self._column.addWidget(row)
        for row, run in zip(self.rows, experiment.runs, strict=True):
            chosen = row.number == experiment.view.selected
            row.show_run(run.label, run.kind, run.shown, chosen, self._style)
            row.verdict.setVisible("verdicts" not in hidden)
            row.tells_where = "verdicts" not in hidden
            if chosen and row.number != self._chosen:
                self._chosen = row.number
                # when the list is laid out: a new row has no place yet
                QTimer.singleShot(0, self._show_chosen)

    @Slot()
    def _show_chosen(self) -> None:
        if 0 <= self._chosen < len(self.rows):
            self.area.ensureWidgetVisible(self.rows[self._chosen], 0, 4)

    def show_scene(self, scene: Scene) -> None:
        """Show whether there is a run before the last change."""
        self.keep.setEnabled(bool(scene.ghosts))

    def show_frame(self, frame: Frame) -> None:
        """Show each run's verdict up to the step that is seen, and where it has ended."""
        for row, descent in zip(self.rows, frame.scene.descents, strict=False):
            row.show_verdict(descent.trajectory.verdict_at(frame.row).text, minimum_at(frame, descent))
        self.crowd.show_frame(frame)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self._style = style
        self.add.setIcon(icon("plus", style.ink, 16))

    @staticmethod
    def _button(text: str, tip: str, signal: object) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(f"{text} descent" if " " not in text else "Keep the run before")
        button.clicked.connect(signal)
        return button
