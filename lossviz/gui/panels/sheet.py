"""A sheet of lines: names, and numbers in two columns or a text across; nothing in it moves while numbers change."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from lossviz.gui import theme
from lossviz.views.brushes import font

GAP = 10
INDENT = 10
EDGE = 6
"""Pixels kept free at the right, where a scroll bar may stand."""
LEADING = 3
"""Pixels between two lines."""
SLACK = 3
"""Pixels by which a label may wrap sooner than its text is wide."""
COLUMN = "−0000.000"
"""What a column of numbers has room for at least."""


class Line(NamedTuple):
    """A line: a name with one text or two; with an indent, a text over the whole width."""

    name: str
    values: tuple[str, ...]
    marked: bool = False
    indented: bool = False
    quiet: bool = False


class Sheet(QWidget):
    """Places its labels by hand: a layout would do so anew with every number.

    Lines that need more room get it, and keep it until the sheet shows something else.
    """

    height_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[QLabel, QLabel, QLabel, QLabel]] = []
        """Name, text across, and the numbers of weight and bias, of each line that there ever was."""
        self._lines: tuple[Line, ...] = ()
        self._tall: list[int] = []
        self._begins: list[int] = []
        self._bands: list[QRect] = []
        self._font, self._pixels = self.font(), 13.0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show lines; only texts that differ are set."""
        lines = tuple(lines)
        if lines == self._lines:
            return
        before, self._lines = self._lines, lines
        while len(self.rows) < len(lines):
            self._add_row()
        anew = len(lines) != len(before)
        for i, line in enumerate(lines):
            old = before[i] if i < len(before) else None
            if old == line:
                continue
            self._fill(i, line)
            if old is None or (old.name, len(old.values), old.indented, old.quiet) != (
                line.name,
                len(line.values),
                line.indented,
                line.quiet,
            ):
                anew = True
            elif old.marked != line.marked:
                self.update()
        for name, wide, left, right in self.rows[len(lines) :]:
            for label in (name, wide, left, right):
                label.hide()
        self._arrange(anew)

    def _add_row(self) -> None:
        labels = tuple(QLabel(self) for _ in range(4))
        for label in labels:
            label.setTextFormat(Qt.TextFormat.PlainText)
            theme.set_type(label, self._pixels)
            label.hide()
        name, wide, left, right = labels
        top = Qt.AlignmentFlag.AlignTop
        name.setProperty("quiet", True)
        name.setAlignment(top | Qt.AlignmentFlag.AlignLeft)
        wide.setAlignment(top | Qt.AlignmentFlag.AlignLeft)
        wide.setWordWrap(True)
        left.setAlignment(top | Qt.AlignmentFlag.AlignRight)
        right.setAlignment(top | Qt.AlignmentFlag.AlignRight)
        self.rows.append((name, wide, left, right))
        self._tall.append(1)
        self._begins.append(0)

    def _fill(self, i: int, line: Line) -> None:
        name, wide, left, right = self.rows[i]
        single = len(line.values) == 1
        texts = (line.name, line.values[0] if single else "", *(("", "") if single else line.values))
        for label, text in zip((name, wide, left, right), texts, strict=True):
            if label.text() != text:
                label.setText(text)
        for label in (wide, left, right):
            if bool(label.property("quiet")) != line.quiet:
                label.setProperty("quiet", line.quiet)
                label.style().polish(label)
        name.setVisible(bool(line.name))
        wide.setVisible(single)
        left.setVisible(not single)
        right.setVisible(not single)

    # places ---------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything anew."""
        if event.size().width() != event.oldSize().width():
            self._arrange(True)

    def set_type(self, pixels: float) -> None:
        """Write in another size, in pixels which grow with all the rest."""
        self._pixels, before = pixels, self._font
        self._font = font(pixels * theme.zoom())
        for row in self.rows:
            for label in row:
                theme.set_type(label, pixels)
        if self._font != before:
            self._arrange(True)

    def _arrange(self, anew: bool) -> None:
        """Place the lines; unless `anew`, only where one has outgrown its place."""
        metrics = QFontMetrics(self._font)
        side = max((metrics.horizontalAdvance(line.name) for line in self._lines if not line.indented), default=0) + GAP
        grown = anew
        for i, line in enumerate(self._lines):
            begin = INDENT if line.indented else side
            if len(line.values) == 1 and not line.indented:
                own = metrics.horizontalAdvance(line.name) + GAP
                # a text too long for its place begins nearer to its own name
                tight = metrics.horizontalAdvance(line.values[0]) > self._room(side) - SLACK
                begin = own if tight or (not anew and self._begins[i] == own) else side
            tall = self._height(line, metrics, self._room(begin))
            if anew or tall > self._tall[i] or begin < self._begins[i]:
                self._tall[i], self._begins[i], grown = tall, begin, True
        if grown:
            self._place(metrics, side)

    def _room(self, begin: int) -> int:
        return self.width() - begin - EDGE

    def _height(self, line: Line, metrics: QFontMetrics, width: int) -> int:
        """Give how many rows of type a line takes."""
        if len(line.values) != 1 or width <= SLACK or metrics.horizontalAdvance(line.values[0]) <= width - SLACK:
            return 1
        room = QRect(0, 0, width - SLACK, 10_000)
        box = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), line.values[0])
        return max(1, math.ceil(box.height() / metrics.lineSpacing() - 0.2))

    def _place(self, metrics: QFontMetrics, side: int) -> None:
        row, y = metrics.lineSpacing(), 0
        column = min(metrics.horizontalAdvance(COLUMN), max(40, (self._room(side) - GAP) // 2))
        self._bands = []
        for i, line in enumerate(self._lines):
            name, wide, left, right = self.rows[i]
            tall = self._tall[i] * row
            # equations stand apart
            if i and line.name and not line.indented and self._lines[i - 1].indented:
                y += 2 * LEADING
            name.setGeometry(0, y, side, row)
            begin = self._begins[i]
            wide.setGeometry(begin, y, max(0, self._room(begin)), tall)
            # written from the right, so the gap is room too
            left.setGeometry(side - GAP, y, column + GAP, row)
            right.setGeometry(side + column, y, column + GAP, row)
            self._bands.append(QRect(0, y - 1, self.width(), tall + 2))
            y += tall + LEADING
        if y != self.height():
            self.setFixedHeight(y)
            self.height_changed.emit(y)
        self.update()

    @property
    def marked_place(self) -> QRect:
        """Where the marked lines are; empty where none is marked."""
        place = QRect()
        for line, band in zip(self._lines, self._bands, strict=False):
            if line.marked:
                place = place.united(band)
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a band behind the lines that are marked."""
        if not any(line.marked for line in self._lines):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = self.palette().color(QPalette.ColorRole.Highlight)
        tint.setAlphaF(0.16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        # neighbours share one band
        marked = [band for line, band in zip(self._lines, self._bands, strict=False) if line.marked]
        joined: list[QRect] = []
        for band in marked:
            if joined and band.top() - joined[-1].bottom() <= 3 * LEADING:
                joined[-1] = joined[-1].united(band)
            else:
                joined.append(band)
        for band in joined:
            painter.drawRoundedRect(QRectF(band), 4.0, 4.0)
        painter.end()
