"""Labels of the slice view: each where it covers nothing, or nothing that matters."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from lossviz.numerals import short
from lossviz.scene.readout import loss_and_slope
from lossviz.scene.slice import Move, Seen
from lossviz.scene.style import Style
from lossviz.views.brushes import color, font, halo_text, text_width
from lossviz.views.chart import Chart

Place = tuple[float, float]


class Labels:
    """Writes labels one after the other, and remembers what they cover.

    Parameters
    ----------
    painter : QPainter
    bounds : QRectF
        Where labels may stand.
    style : Style
    scale : float
    """

    def __init__(self, painter: QPainter, bounds: QRectF, style: Style, scale: float) -> None:
        self.painter, self.bounds, self.style, self.scale = painter, bounds, style, scale
        self.taken: list[QRectF] = []
        self.better_free: list[QRectF] = []
        """What may be covered, yet not gladly: a curve."""

    def keep_free(self, at: NDArray[np.float64], reach: float) -> None:
        """Keep a square around a point (2,) free."""
        x, y = at.tolist()
        self.taken.append(QRectF(x - reach, y - reach, 2 * reach, 2 * reach))

    def keep_line_free(self, points: NDArray[np.float64]) -> None:
        """Keep a curve (n, 2) free, where there is another place."""
        near = 8.0 * self.scale
        points = points[np.all(np.isfinite(points), axis=1)]
        if len(points) == 0:
            return
        # one square each time that the curve has gone on by its size
        along = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(np.clip(points, -1e6, 1e6), axis=0)).max(axis=1))])
        _, first = np.unique(along // near, return_index=True)
        for x, y in points[first].tolist():
            if self.bounds.contains(x, y):
                self.better_free.append(QRectF(x - near / 2, y - near / 2, near, near))

    def put(
        self,
        text: str,
        middles: Iterable[Place],
        *,
        bold: bool = False,
        quiet: bool = False,
        plate: float = 0.0,
        must: bool = False,
    ) -> QRectF | None:
        """Write a text around the first of the places that is free; give what it covers, None if it wasn't written.

        Parameters
        ----------
        text : str
        middles : iterable of (x, y)
            Where its middle may lie, the best first.
        bold, quiet : bool
            How it is written.
        plate : float
            How far a plate reaches to both sides that hides what goes by below; 0: none.
        must : bool
            Whether it is written even where no place is free.
        """
        style, scale = self.style, self.scale
        face = label_font(style, scale, bold)
        box, gap = label_box(text, face, 0.0, 0.0), max(4.0, plate) * scale
        inside: QRectF | None = None
        free: QRectF | None = None
        place: QRectF | None = None
        for x, y in middles:
            candidate = box.translated(x, y)
            if not self.bounds.contains(candidate):
                continue
            inside = inside or candidate
            room = candidate.adjusted(-gap, 0.0, gap, 0.0)
            if any(map(room.intersects, self.taken)):
                continue
            free = free or candidate
            if not any(map(candidate.intersects, self.better_free)):
                place = candidate
                break
        place = place or free or (inside if must else None)
        if place is None:
            return None
        self.taken.append(place)
        if plate:
            self.painter.setPen(Qt.PenStyle.NoPen)
            self.painter.setBrush(color(style.card, 0.86))
            ground = place.adjusted(-plate * scale, -1.5 * scale, plate * scale, 1.5 * scale)
            self.painter.drawRoundedRect(ground, 5.0 * scale, 5.0 * scale)
        base = QPointF(place.left(), place.center().y() + 0.36 * face.pixelSize())
        ink = color(style.quiet if quiet else style.ink)
        halo_text(self.painter, base, text, face, ink, color(style.card, 0.9))
        return place


def label_font(style: Style, scale: float, bold: bool = False) -> QFont:
    """Give the type of a label."""
    return font(style.text * scale, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)


def label_box(text: str, face: QFont, x: float, y: float) -> QRectF:
    """Give what a text around a point covers."""
    width, height = text_width(text, face), 1.15 * face.pixelSize()
    return QRectF(x - width / 2, y - height / 2, width, height)


def slope_text(move: Move, seen: Seen) -> str:
    """Give the slope as it is written at the tangent and at the derivative."""
    return "slope ≈ 0" if flat(move, seen) else f"slope {short(move.slope)}"


def flat(move: Move, seen: Seen) -> bool:
    """Tell whether a slope is so small that nobody can see it."""
    low, high = seen.slopes
    return abs(move.slope) < 5e-4 * (high - low)


def slice_readout(chart: Chart, seen: Seen | None, position: QPointF) -> str:
    """Say loss and slope on the slice at a pixel of one of its pictures: ``"w −1.2 · loss 1.32 kg² · slope −1.5"``."""
    if seen is None:
        return ""
    line, scene = seen.line, seen.frame.scene
    (low, high), width = chart.box.viewRange()[0], max(1.0, chart.box.rect().width())
    theta = [line.held, line.held]
    theta[line.index] = value = low + (high - low) * position.x() / width
    loss, slope, exact = loss_and_slope(scene, theta[0], theta[1])
    if not np.isfinite(loss):
        return f"{line.parameter} {short(value)}"
    told = f"loss {short(loss)} {scene.loss_unit}".rstrip()
    return f"{line.parameter} {short(value)} · {'' if exact else '≈ '}{told} · slope {short(float(slope[line.index]))}"
