"""The loss curve: loss by step, or by what the steps cost, of every run up to the step that is seen."""

from collections.abc import Hashable, Iterable
from functools import cmp_to_key
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from lossviz.numerals import count_tick
from lossviz.scene.cost import COSTS, cost_of_ball, cost_scale, cost_text, costs, end_of_axis, kind_of
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.landmarks import loss_text
from lossviz.scene.looks import looks_text
from lossviz.scene.loss_range import loss_range
from lossviz.scene.loss_readout import losses_text, rows_at
from lossviz.scene.scales import LINEAR, LOG
from lossviz.scene.scene import Descent
from lossviz.scene.schedule_strip import strip_drawn
from lossviz.scene.style import Style
from lossviz.views.axis_name import AxisName
from lossviz.views.brushes import color, font, halo_text, pen, stroke, text_width
from lossviz.views.chart import Chart
from lossviz.views.hint import fitting
from lossviz.views.loss_strokes import LossStrokes
from lossviz.views.schedule_strip import ScheduleStrip
from lossviz.views.tags import CROWD, spread, thinned

Array = NDArray[np.float64]

MET = 1.0
"""Pixels between two curves below which nobody can tell which one is above."""
BELOW = 1e6
"""Pixels down: where a logarithmic axis has no place for a loss, its line leaves through the bottom."""


STRIP = 0.24
"""The part of the height that the strip of rates takes."""
LOW = 210.0
"""Pixels: a view that is not higher has no room for that strip."""
BETWEEN = 12.0
"""Pixels between the curves and the strip."""


class LossView(Chart):
    """Loss by step or cost; the range follows the runs that stay finite, a diverging one leaves through the top.

    Under the curves stand the learning rates, where those of a run change.
    """

    title: ClassVar[str] = "Loss by step"
    kind: ClassVar[str] = "loss"
    draws_ghosts: ClassVar[bool] = True
    hurries: ClassVar[bool] = True

    cost_asked = Signal()
    """The next axis of cost is asked for."""

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        self._strokes: dict[Descent | int, LossStrokes] = {}
        self._busy: tuple[tuple[Descent, ...], NDArray[np.intp]] | None = None
        super().__init__(style, scale)
        self.strip = ScheduleStrip(style, scale)
        self.strip.setParentItem(self)
        self.strip.setVisible(False)
        self.strip.hovered.connect(self.hovered)
        self.name = AxisName(self, "Click: loss against steps, samples, seconds or epochs")
        self.name.clicked.connect(self.cost_asked)

    @property
    def heading(self) -> str:
        """The title, with what the loss is drawn against."""
        return COSTS[self._kind].title

    @property
    def hint(self) -> str:
        """Say what dots, dashes and ticks mean, where there are such."""
        return fitting(self, *(" · ".join(self._meanings()[:count]) for count in (3, 2, 1)))

    def _meanings(self) -> list[str]:
        if self.frame is None:
            return []
        chosen, row = self.frame.scene.selected, self.frame.row
        shown = sorted(self.shown, key=lambda descent: descent is not chosen)
        found: list[str] = []
        if text := next((text for d in shown if (text := looks_text(d.trajectory))), ""):
            found.append(f"○ {text}")
        if any(descent.trajectory.average_losses is not None for descent in shown):
            found.append("dashed: average")
        if any(descent.trajectory.clipped[:row].any() for descent in shown):
            found.append("ticks: slope clipped")
        return found

    @property
    def _kind(self) -> str:
        """What the horizontal axis counts."""
        return kind_of(self.frame.scene) if self.frame is not None else "steps"

    @property
    def room_below(self) -> float:
        """How many pixels below the curves are kept for the strip, or the numbers of the axis."""
        if self.numbered:
            return super().room_below
        return super().room_below + STRIP * self.rect().height() + BETWEEN * self.scale_

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        scene, view = frame.scene, frame.scene.experiment.view
        if self.frame is not None and kind_of(scene) != self._kind:
            self.forget_lines()
        self._make_room(strip_drawn(scene) and self.rect().height() > LOW * self.scale_)
        self.name.setVisible(self.hands)
        across, up = cost_scale(scene), LOG if view.loss_axis == "log" else LINEAR
        name = cost_text(scene) if across.linear else f"{cost_text(scene)}, log"
        self.label(name, scene.loss_text if up.linear else f"{scene.loss_text}, log")
        last = float(across.place(end_of_axis(frame)))
        # the labels at the ends of the curves have their room to the right of the last step
        face = font(self.style_.text * self.scale_)
        tags = max((text_width(descent.tag, face) for descent in scene.shown), default=0.0)
        room, width = tags + 20.0 * self.scale_, self.box.rect().width()
        share = min(0.4, room / width) if width > 0 else 0.0
        left, right = (float(across.value(place)) for place in (-0.045 * last, last / (1.0 - share)))
        self.show_range((left, right), loss_range(frame, not up.linear), (across, up))
        super().draw(frame)
        if not self.numbered:
            self.strip.hands = self.hands
            self.strip.follow(frame, (left, right), across, name)

    def _make_room(self, strip: bool) -> None:
        """Show the strip or take it away."""
        if strip == self.numbered:
            self.numbered = not strip
            self.strip.setVisible(strip)
            super().resizeEvent(None)
            self.update()
        if strip:
            # its own margin lies between
            top = self.rect().height() - self.room_below + (BETWEEN - 6.0) * self.scale_
            self.strip.setGeometry(0.0, top, self.rect().width(), self.rect().height() - top)

    def resizeEvent(self, event: object) -> None:
        """Make room for the labels anew."""
        super().resizeEvent(event)
        if hasattr(self, "name"):
            self.name.place()
        if self.frame is not None:
            self.draw(self.frame)

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        super().restyle(style, scale)
        if hasattr(self, "strip"):
            self.strip.restyle(style, scale)
            self.name.place()

    def range_key(self) -> Hashable:
        """Give what decides where a point is drawn: what the axis counts too."""
        return super().range_key(), self._kind

    def tick_text(self, value: float, spacing: float, upright: bool) -> str:
        """Write the number of a tick; steps and samples in thousands."""
        counts = not upright and self._kind in ("steps", "samples")
        return count_tick(value, spacing) if counts else super().tick_text(value, spacing, upright)

    def background_key(self) -> Hashable:
        """Give the smallest loss; grid lines depend on the range alone."""
        return self._smallest()

    def _smallest(self) -> float | None:
        """Give the smallest possible loss, where it is known and has a place on the axis."""
        minimum = self.frame.minimum if self.frame else None
        return minimum[2] if minimum is not None and (self.scales[1].linear or minimum[2] > 0.0) else None

    def _down(self, loss: float) -> float:
        """Give how far down a loss lies, in pixels."""
        return float(self.pixels(np.array(0.0), np.array(loss))[1])

    def paint_background(self, painter: QPainter) -> None:
        """Draw the grid lines and the smallest possible loss."""
        rect = self.box.rect()
        _, ticks = self.ticks()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen(self.style_.hairline, 1.0, self.scale_, 0.7))
        for tick in ticks:
            y = round(self._down(tick))
            painter.drawLine(QLineF(0.0, y, rect.width(), y))
        smallest = self._smallest()
        if smallest is not None:
            y = round(self._down(smallest))
            painter.setPen(pen(self.style_.quiet, 1.2, self.scale_, style=Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(0.0, y, rect.width(), y))

    def curve(self, descent: Descent) -> Array:
        """Give a run's losses by cost, in pixels."""
        return self._places(descent, descent.trajectory.losses)

    def _places(self, descent: Descent, losses: Array) -> Array:
        """Give the pixels of losses of a run's rows."""
        # one row further if there is one: the line must be seen to leave through the top, unless it merely ends
        losses = losses[: descent.finite + (not descent.leaves)]
        kept = np.nan_to_num(losses, nan=1e140, posinf=1e140, neginf=-1e140)
        points = self.pixels(costs(descent, self._kind)[: len(kept)], kept)
        points[:, 1] = np.where(np.isposinf(points[:, 1]), BELOW, points[:, 1])
        return points

    def strokes(self, descent: Descent) -> LossStrokes:
        """Give the kept strokes of a run."""
        kept = self._strokes.get(descent.number)
        if kept is None:
            mean = descent.trajectory.average_losses
            average = np.empty((0, 2)) if mean is None else self._places(descent, mean)
            kept = LossStrokes(self, descent, self.points(descent.number), average)
            self._strokes[descent.number] = kept
        return kept

    def forget_lines(self) -> None:
        """Compute lines and strokes anew."""
        super().forget_lines()
        self._strokes.clear()
        self._busy = None

    def forget_line(self, line: Descent | int) -> None:
        """Compute line and strokes of one run anew."""
        super().forget_line(line)
        self._strokes.pop(line, None)
        self._busy = None

    def readout_at(self, position: QPointF) -> str:
        """Tell the losses at a place, that of the nearest curve first."""
        if self.frame is None:
            return ""
        cost = self.values_at(position)[0]
        return losses_text(self.frame, cost, self._nearest(cost, position))

    def _nearest(self, cost: float, position: QPointF) -> Descent | None:
        """Give the run whose curve is nearest to a place, at a step that is seen."""
        assert self.frame is not None
        found: list[tuple[float, Descent]] = []
        for descent, row in rows_at(self.frame, cost).items():
            points = self.points(descent.number)
            if row < len(points):
                found.append((abs(float(points[row, 1]) - position.y()), descent))
        return min(found, key=lambda one: one[0])[1] if found else None

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw the change of loss over one step of each run."""
        for descent in self.shown:
            self.strokes(descent).paint(painter, step)

    def busy_steps(self, first: int, last: int) -> Iterable[int]:
        """Give the steps that draw anything: of many to a pixel few do."""
        if self._busy is None or self._busy[0] != self.shown:
            every = [np.empty(0, dtype=np.intp), *(self.strokes(descent).steps for descent in self.shown)]
            self._busy = self.shown, np.unique(np.concatenate(every))
        steps = self._busy[1]
        return steps[slice(*np.searchsorted(steps, [first, last]))].tolist()

    def paint_quickly(self, painter: QPainter, row: int) -> None:
        """Draw the curves one after the other."""
        for descent in self.shown:
            self.strokes(descent).paint_quickly(painter, row)

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the runs' markers at the end of their curves, and their labels."""
        assert self.frame is not None
        room = self.box.rect().adjusted(-1, -1, 1, 1)
        ends: list[tuple[Ball, Array]] = []
        for ball in self.frame.balls:
            at = self.pixels(np.array(cost_of_ball(ball, self._kind)), np.array(ball.loss))
            if not ball.resting and not ball.gone:
                self._paint_hop(painter, ball, at)
            if not ball.gone and np.all(np.isfinite(at)) and room.contains(QPointF(*at.tolist())):
                ends.append((ball, at))
        for ball, at in ends:
            self.paint_ball(painter, ball, at)
        taken = self._paint_tags_in_column(painter, ends)
        if (smallest := self._smallest()) is not None:
            taken.append(QRectF(0.0, self._down(smallest) - 1.0, room.width(), 2.0))
        taken += self._paint_note(painter, taken)
        self._paint_smallest(painter, taken)
        self._paint_ghost_tag(painter, taken)

    def _paint_tags_in_column(self, painter: QPainter, ends: list[tuple[Ball, Array]]) -> list[QRectF]:
        """Write the labels at the right of the curves' ends, moved apart up and down; give what is covered now.

        A crowd is not moved: the label of the selected run is written, and of the others those that have room.
        """
        assert self.frame is not None
        if not ends:
            return []
        face, size = font(self.style_.text * self.scale_), self.style_.text * self.scale_
        gap, rect = 1.25 * size, self.box.rect()
        taken = [QRectF(float(at[0]) - size, float(at[1]) - size, 2.0 * size, 2.0 * size) for _, at in ends]
        ends = sorted(ends, key=cmp_to_key(self._compared))
        heights = [float(at[1]) for _, at in ends]
        low, high = 0.6 * gap, rect.height() - 0.6 * gap
        if (smallest := self._smallest()) is not None:
            # no loss is smaller: above its line there is always room
            high = min(high, max(low, self._down(smallest) - 0.55 * gap))
        if len(ends) > CROWD or (len(ends) - 1) * gap > high - low:
            chosen = self.frame.selected
            first = next((i for i, (ball, _) in enumerate(ends) if ball is chosen), 0)
            kept = thinned(heights, first, gap)
            ends, heights = [ends[i] for i in kept], [min(max(heights[i], low), high) for i in kept]
        else:
            heights = spread(heights, gap, low, high)
        for (ball, at), y in zip(ends, heights, strict=True):
            text = ball.descent.tag
            left = min(float(at[0]) + 12.0 * self.scale_, rect.width() - text_width(text, face))
            halo_text(
                painter,
                QPointF(left, y + 0.36 * size),
                text,
                face,
                color(self.style_.ink),
                color(self.style_.card, 0.9),
            )
            taken.append(QRectF(left, y - 0.6 * size, text_width(text, face), 1.2 * size))
        return taken

    def _compared(self, one: tuple[Ball, Array], other: tuple[Ball, Array]) -> int:
        """Compare two ends by height; where their curves have met, by that at the last step when they lay apart.

        So labels of curves that run into one another stay in their order, whatever the last digits do.
        """
        away = float(one[1][1] - other[1][1])
        if abs(away) >= MET * self.scale_:
            return 1 if away > 0.0 else -1
        rows = 1 + min(one[0].row, other[0].row)
        first, second = (self.points(ball.descent.number)[:rows, 1] for ball, _ in (one, other))
        apart = np.flatnonzero(np.abs(first - second) >= MET * self.scale_)
        if not apart.size:
            return one[0].descent.number - other[0].descent.number
        return 1 if first[apart[-1]] > second[apart[-1]] else -1

    def _paint_smallest(self, painter: QPainter, taken: list[QRectF]) -> None:
        """Name the line of the smallest loss, below it: where no label stands, at the left if possible."""
        smallest = self._smallest()
        if smallest is None or self.frame is None:
            return
        text, line = f"smallest possible {loss_text(self.frame.scene, smallest, 3)}", self._down(smallest)
        for down in (16.0, 34.0):
            if self._paint_quiet(painter, text, line + down * self.scale_, taken):
                return

    def _paint_note(self, painter: QPainter, taken: list[QRectF]) -> list[QRectF]:
        """Say which run has left a logarithmic axis through the bottom; give what is covered now."""
        assert self.frame is not None
        if self.scales[1].linear:
            return []
        for ball in self.frame.balls:
            rows = np.flatnonzero(ball.descent.trajectory.losses[: ball.row + 1] <= 0.0)
            if rows.size:
                text = f"{ball.descent.label}: loss 0 from step {rows[0]}, which has no logarithm"
                return self._paint_quiet(painter, text, self.box.rect().height() - 8.0 * self.scale_, taken)
        return []

    def _paint_quiet(self, painter: QPainter, text: str, base: float, taken: list[QRectF]) -> list[QRectF]:
        """Write a text at the left or the right end of the picture, if it has room there; give what it covers."""
        scale, rect, face = self.scale_, self.box.rect(), font(self.style_.small * self.scale_)
        width, height = text_width(text, face), self.style_.small * scale
        for left in (8.0 * scale, rect.width() - width - 6.0 * scale):
            place = QRectF(left - 4.0 * scale, base - height, width + 8.0 * scale, height)
            if rect.contains(place) and not any(place.intersects(label) for label in taken):
                ink, halo = color(self.style_.quiet), color(self.style_.card, 0.9)
                halo_text(painter, QPointF(left, base), text, face, ink, halo)
                return [place]
        return []

    def _paint_ghost_tag(self, painter: QPainter, taken: list[QRectF]) -> None:
        """Name the curve of a run before the last change, above its end or below it, if there is room."""
        face, size = font(self.style_.small * self.scale_), self.style_.small * self.scale_
        for text, end, _ in self.ghost_tag():
            width = text_width(text, face)
            left = min(float(end[0]) + 4.0 * self.scale_, self.box.rect().width() - width)
            for base in (float(end[1]) + 0.36 * size, float(end[1]) - 0.6 * size, float(end[1]) + 1.4 * size):
                place = QRectF(left, base - 0.9 * size, width, 1.1 * size)
                if self.box.rect().contains(place) and not any(place.intersects(label) for label in taken):
                    ink, halo = color(self.style_.quiet), color(self.style_.card, 0.9)
                    halo_text(painter, QPointF(left, base), text, face, ink, halo)
                    return

    def _paint_hop(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw the part of the step that is done."""
        cost = costs(ball.descent, self._kind)[ball.row]
        begin = self.pixels(cost, ball.descent.trajectory.losses[ball.row])
        line = self.hop(begin, at)
        if line is not None:
            painter.setPen(stroke(self.style_.path(ball.descent.number), 2.0, self.scale_))
            painter.drawLine(line)
