"""Batch dots: the samples that the selected run's step sees, bold over the others, which are faint."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from lossviz.scene.style import mixed
from lossviz.views.brushes import color, pen
from lossviz.views.chart import Chart

FAINT = 0.75
"""The opacity of the other samples."""
MOST = 1500
"""Dots drawn at most: more of them fill the picture."""


def paint_batch(painter: QPainter, chart: Chart, points: NDArray[np.float64], samples: int) -> None:
    """Draw the samples of a batch.

    Parameters
    ----------
    painter : QPainter
    chart : Chart
    points : array (n, 2)
        Of the batch, in values of the axes.
    samples : int
        How many there are in all: of many the dots are small.
    """
    points = points[:: -(-len(points) // MOST)]
    style, scale = chart.style_, chart.scale_
    radius = (2.2 + 1.8 * min(1.0, 250.0 / samples) ** 0.5) * scale
    painter.setPen(pen(style.card, 1.0, scale))
    painter.setBrush(color(mixed(style.data, style.ink, 0.6)))
    for x, y in np.clip(chart.pixels(points[:, 0], points[:, 1]), -1e6, 1e6).tolist():
        painter.drawEllipse(QPointF(x, y), radius, radius)
