"""The legend of a picture: each run with its marker, optimizer, verdict and minimum up to the step that is seen."""

from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from lossviz.numerals import short
from lossviz.scene.ends import crowd_text, minimum_at
from lossviz.scene.frame import Ball
from lossviz.views.brushes import color, draw_shape, font, marker, pen, text_width
from lossviz.views.view import View

LINE, INDENT = 17.0, 22.0
"""Pixels that a run's name needs, and at its left its marker."""
GAP, LEAST = 11.0, 3.0
"""Pixels between two runs: as usual, and at least, where else one would have no room."""


class LegendView(View):
    """Runs and their verdicts, beside the number of the step."""

    title: ClassVar[str] = "Descents"

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw a block for each run; say how many have no room."""
        if self.frame is None:
            return
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale, plain = self.scale_, font(self.style_.text * self.scale_)
        balls, texts = self.frame.balls, self._texts(plain)
        heights = [LINE * scale + self._height(text, plain, self._width) for text in texts]
        free = self.rect().height() - 6.0 * scale - sum(heights)
        gap = min(GAP * scale, max(LEAST * scale, free / max(1, len(balls) - 1)))
        top = 4.0 * scale
        for number, (ball, text, height) in enumerate(zip(balls, texts, heights, strict=True)):
            last = number == len(balls) - 1
            if top + height + (0.0 if last else gap + LINE * scale) > self._foot:
                painter.setFont(plain)
                painter.setPen(color(self.style_.quiet))
                painter.drawText(QPointF(INDENT * scale, top + 0.85 * LINE * scale), f"and {len(balls) - number} more")
                return
            self._paint_run(painter, ball, text, top)
            top += height + gap
        self._paint_crowd(painter, top - gap + GAP * scale, plain)

    @property
    def _width(self) -> float:
        return float(self.rect().width() - INDENT * self.scale_)

    @property
    def _foot(self) -> float:
        """How far down runs may reach: the last line has some room below its letters."""
        return float(self.rect().height() + 0.5 * LINE * self.scale_)

    def _texts(self, face: QFont) -> list[str]:
        """Give the verdict of each run, and where it ended if there is room to tell that of all."""
        assert self.frame is not None
        verdicts = [ball.descent.trajectory.verdict_at(ball.row).text.plain for ball in self.frame.balls]
        ends = [minimum_at(self.frame, ball.descent) for ball in self.frame.balls]
        whole = [
            verdict if end is None or end.kind == "only" else f"{verdict}; {end.text}"
            for verdict, end in zip(verdicts, ends, strict=True)
        ]
        needed = sum((LINE + GAP) * self.scale_ + self._height(text, face, self._width) for text in whole)
        return whole if needed - GAP * self.scale_ <= self._foot else verdicts

    def _paint_run(self, painter: QPainter, ball: Ball, verdict: str, top: float) -> None:
        """Draw marker, name, optimizer and loss of a run, and below them its verdict."""
        style, scale = self.style_, self.scale_
        bold, plain = font(style.text * scale, QFont.Weight.DemiBold), font(style.text * scale)
        indent, base = INDENT * scale, top + 0.85 * LINE * scale
        spot, edge = QPointF(7.0 * scale, top + 0.62 * LINE * scale), pen(style.casing, 1, scale)
        draw_shape(
            painter, marker(ball.descent.number), spot, 5.0 * scale, color(style.path(ball.descent.number)), edge
        )
        painter.setPen(color(style.ink))
        painter.setFont(bold)
        painter.drawText(QPointF(indent, base), ball.descent.label)
        start = indent + text_width(ball.descent.label + "  ", bold)
        painter.setFont(plain)
        painter.setPen(color(style.quiet))
        gone = "no loss" if ball.descent.leaves else "beyond all numbers"
        loss = gone if ball.gone else f"loss {short(ball.loss, 3)}"
        optimizer = ball.descent.optimizer
        said = [loss] if optimizer.lower() in ball.descent.label.lower() else [f"{optimizer} · {loss}", loss]
        # beside a long name the number alone, or nothing: what is cut off says nothing
        fits = (words for words in said if start + text_width(words, plain) <= self.rect().width())
        painter.drawText(QPointF(start, base), next(fits, ""))
        painter.setPen(color(style.ink))
        room = QRectF(indent, top + LINE * scale, self._width, self._height(verdict, plain, self._width) + 4.0)
        painter.drawText(room, Qt.TextFlag.TextWordWrap, verdict)

    def _paint_crowd(self, painter: QPainter, top: float, face: QFont) -> None:
        """Write where the selected run's random starts have ended, if there is room below the runs."""
        assert self.frame is not None
        chosen, width = self.frame.selected, self.rect().width()
        text = crowd_text(self.frame, chosen.descent) if chosen is not None else ""
        height = self._height(text, face, width)
        if text and top + height <= self.rect().height():
            painter.setFont(face)
            painter.setPen(color(self.style_.ink))
            painter.drawText(QRectF(0.0, top, width, height + 4.0), Qt.TextFlag.TextWordWrap, text)

    @staticmethod
    def _height(text: str, face: QFont, width: float) -> float:
        return QFontMetricsF(face).boundingRect(QRectF(0, 0, width, 1e4), Qt.TextFlag.TextWordWrap, text).height()
