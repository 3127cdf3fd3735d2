"""Labels beside points, kept apart."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from lossviz.scene.style import Style
from lossviz.views.brushes import color, font, halo_text, text_width

Array = NDArray[np.float64]


def paint_tags(
    painter: QPainter, tags: list[tuple[str, Array]], bounds: QRectF, style: Style, scale: float, above: bool = False
) -> None:
    """Write labels beside points, each where it covers no other label and no point, if there is such a place.

    Parameters
    ----------
    painter : QPainter
    tags : list of (text, pixel)
        A point without a text is one to keep free.
    bounds : QRectF
        Where labels may stand.
    style : Style
    scale : float
    above : bool
        Whether the place above a point is better than the one at its right.
    """
    face = font(style.text * scale)
    gap, height = 13.0 * scale, style.text * scale
    taken = [QRectF(p[0] - gap / 2, p[1] - gap / 2, gap, gap) for _, p in tags]
    for text, point in tags:
        if not text:
            continue
        width = text_width(text, face)
        x, y = point.tolist()
        right, left, middle = x + gap, x - gap - width, x - width / 2
        spots = [(right, y - height / 2), (left, y - height / 2), (middle, y - gap - height), (middle, y + gap)]
        if above:
            spots = spots[2:] + spots[:2]
        for rows in (1.0, 2.1, 3.2, 4.3):
            below, over = y + rows * height - height / 2, y - rows * height - height / 2
            spots += [(right, below), (right, over), (left, below), (left, over)]
        places = [QRectF(at, top, width, height) for at, top in spots]
        free = [p for p in places if bounds.contains(p) and not any(p.intersects(other) for other in taken)]
        inside = [p for p in places if bounds.contains(p)]
        place = (free or inside or places)[0]
        taken.append(place)
        base = QPointF(place.left(), place.bottom() - 0.16 * height)
        halo_text(painter, base, text, face, color(style.ink), color(style.card, 0.8))
