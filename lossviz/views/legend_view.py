"""The legend of a picture: each run with its marker, optimizer, verdict and minimum up to the step that is seen."""

from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from lossviz.numerals import short
from lossviz.scene.ends import crowd_text, minimum_at
from lossviz.views.brushes import color, draw_shape, font, marker, pen, text_width
from lossviz.views.view import View


class LegendView(View):
    """Runs and their verdicts, beside the number of the step."""

    title: ClassVar[str] = "Descents"

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw a block for each run."""
        if self.frame is None:
            return
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style, scale = self.style_, self.scale_
        bold, plain = font(style.text * scale, QFont.Weight.DemiBold), font(style.text * scale)
        line = 17.0 * scale
        indent = 22.0 * scale
        width = self.rect().width() - indent
        top = 4.0 * scale
        for ball in self.frame.balls:
            text, flags = ball.descent.trajectory.verdict_at(ball.row).text.plain, Qt.TextFlag.TextWordWrap
            end = minimum_at(self.frame, ball.descent)
            texts = [text] if end is None or end.kind == "only" else [f"{text}; {end.text}", text]
            room = self.rect().height() + 0.5 * line - top - line
            # where it ended is told if there is room for it
            text, height = next(((t, h) for t in texts if (h := self._height(t, plain, width)) <= room), ("", 0.0))
            if not text:
                break
            colour = style.path(ball.descent.number)
            spot = QPointF(7.0 * scale, top + 0.62 * line)
            draw_shape(
                painter, marker(ball.descent.number), spot, 5.0 * scale, color(colour), pen(style.casing, 1, scale)
            )
            painter.setPen(color(style.ink))
            painter.setFont(bold)
            painter.drawText(QPointF(indent, top + 0.85 * line), ball.descent.label)
            start = indent + text_width(ball.descent.label + "  ", bold)
            painter.setFont(plain)
            painter.setPen(color(style.quiet))
            gone = "no loss" if ball.descent.leaves else "beyond all numbers"
            loss = gone if ball.gone else f"loss {short(ball.loss, 3)}"
            optimizer = ball.descent.optimizer
            label = loss if optimizer.lower() in ball.descent.label.lower() else f"{optimizer} · {loss}"
            painter.drawText(QPointF(start, top + 0.85 * line), label)
            painter.setPen(color(style.ink))
            painter.drawText(QRectF(indent, top + line, width, height + 4), flags, text)
            top += line + height + 11.0 * scale
        self._paint_crowd(painter, top, plain)

    def _paint_crowd(self, painter: QPainter, top: float, face: QFont) -> None:
        """Write where the selected run's random starts have ended, if there is room below the runs."""
        assert self.frame is not None
        chosen, width = self.frame.selected, self.rect().width()
        text = crowd_text(self.frame, chosen.descent) if chosen is not None else ""
        height = self._height(text, face, width)
        if text and top + height <= self.rect().height():
            painter.setPen(color(self.style_.ink))
            painter.drawText(QRectF(0.0, top, width, height + 4.0), Qt.TextFlag.TextWordWrap, text)

    @staticmethod
    def _height(text: str, face: QFont, width: float) -> float:
        return QFontMetricsF(face).boundingRect(QRectF(0, 0, width, 1e4), Qt.TextFlag.TextWordWrap, text).height()
