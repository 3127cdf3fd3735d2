"""Contours: the lines along which a grid's loss is the same."""

from collections.abc import Iterable, Iterator

import numpy as np
from contourpy import FillType, LineType, SerialContourGenerator, ZInterp
from numpy.typing import NDArray

Array = NDArray[np.float64]


def contours(x: Array, y: Array, loss: Array, levels: Iterable[float]) -> Iterator[tuple[float, list[Array]]]:
    """Give each level with its lines (k, 2); none go where the loss is no finite number.

    Parameters
    ----------
    x, y : array (n,), array (m,)
    loss : array (n, m)
    levels : iterable of float
    """
    across, up = np.meshgrid(x, y)
    heights = np.ascontiguousarray(loss.T)
    # made by itself: contourpy's contour_generator loads numpy.ma, an eighth of what the start may take
    generator = SerialContourGenerator(
        across,
        up,
        heights,
        ~np.isfinite(heights),
        corner_mask=True,
        line_type=LineType.Separate,
        fill_type=FillType.OuterOffset,
        quad_as_tri=False,
        z_interp=ZInterp.Linear,
    )
    for level in levels:
        yield float(level), [np.asarray(line, dtype=np.float64) for line in generator.lines(float(level))]
