"""The lower picture of the slice view: the derivative, its zero, and the slope at the ball."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from lossviz.scene.heights import nice_ticks
from lossviz.scene.slice import Seen, Slice
from lossviz.views.brushes import color, draw_shape, marker, pen, polygon, text_width
from lossviz.views.chart import Chart
from lossviz.views.slice_labels import Labels, flat, label_font, slice_readout, slope_text
from lossviz.views.slice_strokes import paint_arrow, paint_curve

Array = NDArray[np.float64]

WORDS = {-1: ("slope < 0: go right →", "go right →"), 1: ("← slope > 0: go left", "← go left")}


class SlopeChart(Chart):
    """dL/dw along the slice, the zero line, and an arrow from it to the slope at the ball."""

    seen: Seen | None = None

    def show_seen(self, seen: Seen) -> None:
        """Show what is seen of a frame."""
        self.seen = seen
        scene, line = seen.frame.scene, seen.line
        symbol = scene.symbols[line.index]
        name = f"dL/d{symbol}" if seen.held else f"∂L/∂{symbol}"
        roomy = self.box.rect().height() > 100.0 * self.scale_
        self.label(scene.w_text if line.parameter == "w" else scene.b_text, f"slope {name}" if roomy else name)
        low, high = seen.slopes
        room = 0.12 * (high - low)
        self.show_range((scene.surface.domain.w, scene.surface.domain.b)[line.index], (low - room, high + room))
        super().draw(seen.frame)

    def background_key(self) -> Hashable:
        """Give what the background depends on."""
        return self.seen.line if self.seen else None

    def lines_key(self) -> Hashable:
        """Nothing is added step by step."""
        return None

    def ticks(self) -> tuple[list[float], list[float]]:
        """Give round numbers for both axes; upward there is little room, and two are needed at least."""
        low, high = self.box.viewRange()[1]
        return super().ticks()[0], nice_ticks(low, high, max(3, int(self.box.rect().height() / (40.0 * self.scale_))))

    def readout_at(self, position: QPointF) -> str:
        """Say loss and slope on the slice at a pixel."""
        return slice_readout(self, self.seen, position)

    def zero(self) -> float:
        """Give how far down the zero line lies, in pixels."""
        return float(self.pixels(np.array(0.0), np.array(0.0))[1])

    def slope_end(self) -> Array | None:
        """Give where the arrow of the slope ends, in pixels (2,); None where there is no ball."""
        move = self.seen.move if self.seen else None
        return None if move is None else self.pixels(np.array(move.at), np.array(move.slope))

    def paint_background(self, painter: QPainter) -> None:
        """Draw where the slope is negative and where positive, the derivative, the zero line."""
        assert self.seen is not None
        line, rect, zero = self.seen.line, self.box.rect(), self.zero()
        points = self.pixels(line.values, line.derivatives)
        tints = ((rect.top(), zero, self.style_.quiet), (zero, rect.bottom(), self.style_.accent))
        good = points[np.all(np.isfinite(points), axis=1)]
        if len(good) > 1:
            area = np.clip(good, -1e5, 1e5)
            whole = QPainterPath()
            ends = np.array([[area[-1, 0], zero], [area[0, 0], zero]])
            whole.addPolygon(polygon(np.concatenate([area, ends])))
            painter.setPen(Qt.PenStyle.NoPen)
            for top, bottom, colour in tints:
                painter.save()
                painter.setClipRect(QRectF(rect.left(), top, rect.width(), bottom - top))
                painter.setBrush(color(colour, 0.16))
                painter.drawPath(whole)
                painter.restore()
        painter.setPen(pen(self.style_.quiet, 1.2, self.scale_))
        painter.drawLine(QLineF(0.0, zero, rect.width(), zero))
        paint_curve(painter, points, rect, pen(self.style_.ramp[0], 2.2, self.scale_))

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the slopes at the balls, the arrow to that of the selected run, and what the signs mean."""
        assert self.seen is not None
        seen, style, scale, rect = self.seen, self.style_, self.scale_, self.box.rect()
        labels = Labels(painter, rect, style, scale)
        labels.keep_line_free(self.pixels(seen.line.values, seen.line.derivatives))
        for ball in seen.balls:
            t, i = ball.descent.trajectory, seen.line.index
            if ball is seen.selected or ball.gone:
                continue
            at = self.pixels(t.path[ball.row, i], t.gradients[ball.row, i])
            if rect.contains(QPointF(*at.tolist())):
                fill = color(style.path(ball.descent.number), 0.8)
                draw_shape(painter, marker(ball.descent.number), QPointF(*at.tolist()), 3.4 * scale, fill, None)
        self._paint_slope(painter, labels)
        self._paint_words(labels)

    def _paint_slope(self, painter: QPainter, labels: Labels) -> None:
        """Draw the arrow from the zero line to the slope at the ball: its height is the slope."""
        assert self.seen is not None
        move, end = self.seen.move, self.slope_end()
        if move is None or end is None or not self.box.rect().adjusted(-1, -1, 1, 1).contains(QPointF(*end.tolist())):
            return
        assert self.seen.selected is not None
        number, phase = self.seen.selected.descent.number, self.seen.frame.phase
        style, scale, zero = self.style_, self.scale_, self.zero()
        x, y = end.tolist()
        loud = phase == "slope"
        strength = 1.0 if phase in ("", "slope") else 0.55
        paint_arrow(painter, np.array([x, zero]), end, style.ink, 4.2 if loud else 2.6, scale, strength)
        colour = color(style.path(number))
        draw_shape(painter, marker(number), QPointF(x, y), 4.6 * scale, colour, pen(style.casing, 1.6, scale))
        for height in np.linspace(zero, y, 6):
            labels.keep_free(np.array([x, height]), 5.0 * scale)
        text = slope_text(move, self.seen)
        half, away = text_width(text, label_font(style, scale, loud)) / 2 + 10.0 * scale, 13.0 * scale
        side = 1.0 if move.slope < 0 else -1.0
        places = [(x + part * half, y + up) for part in (side, -side) for up in (away, -away, 0.0)]
        labels.put(text, places, bold=loud, must=True)

    def _paint_words(self, labels: Labels) -> None:
        """Write what the sign says: on the other side of the zero line than the derivative, where there is room."""
        assert self.seen is not None
        rect, scale, zero = self.box.rect(), self.scale_, self.zero()
        move = self.seen.move
        here = 0.0 if move is None or flat(move, self.seen) else np.sign(move.slope)
        for sign, (left, right) in regions(self.seen.line).items():
            x0, x1 = self.pixels(np.array([left, right]), np.zeros(2))[:, 0].tolist()
            y = zero + sign * 13.0 * scale
            if not 0.0 < y - 9.0 * scale < y + 9.0 * scale < rect.height():
                continue
            for text in WORDS[sign]:
                if text_width(text, label_font(self.style_, scale, True)) + 16.0 * scale < x1 - x0:
                    middles = [(x0 + part * (x1 - x0), y) for part in (0.5, 0.62, 0.38, 0.74, 0.26)]
                    labels.put(text, middles, bold=sign == here, quiet=sign != here)
                    break


def regions(line: Slice) -> dict[int, tuple[float, float]]:
    """Give, for the signs −1 and 1 of the derivative, the widest stretch of the parameter where it has that sign."""
    signs = np.sign(np.nan_to_num(line.derivatives))
    turns = np.flatnonzero(signs[1:] != signs[:-1]) + 1
    found: dict[int, tuple[float, float]] = {}
    for first, after in zip([0, *turns.tolist()], [*turns.tolist(), len(signs)], strict=True):
        sign = int(signs[first])
        stretch = (float(line.values[first]), float(line.values[min(after, len(signs) - 1)]))
        if sign and stretch[1] - stretch[0] > np.subtract(*found.get(sign, (0.0, 0.0))[::-1]):
            found[sign] = stretch
    return found
