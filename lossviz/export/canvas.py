"""Canvas: paints frames of a scene at an exact size, off-screen."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from lossviz.export.application import offscreen_application
from lossviz.scene.frame import Frame
from lossviz.scene.style import STYLES
from lossviz.views.brushes import load_fonts
from lossviz.views.dashboard import Picture

SMALLEST, LARGEST = 160, 8192
REFERENCE = 720.0
"""The height in pixels at which type and lines have the sizes of a screen."""


class Canvas:
    """An image that a picture is painted into again and again.

    Parameters
    ----------
    view : str
        One of ``lossviz.views.dashboard.PICTURES``.
    size : (width, height)
        In pixels, each from 160 to 8192.
    theme : str
        ``"light"``, ``"dark"`` or ``"print"``.
    caption : str
        A line under the picture, wrapped; "" for none.

    Raises
    ------
    ValueError
        If one of them is not such, or the caption is too long for the size.
    """

    def __init__(self, view: str, size: tuple[int, int], theme: str = "light", caption: str = "") -> None:
        width, height = size
        if not all(SMALLEST <= side <= LARGEST for side in size):
            raise ValueError(f"size must be from {SMALLEST} to {LARGEST} pixels a side, not {width}x{height}.")
        if theme not in STYLES:
            raise ValueError(f"theme must be one of {', '.join(STYLES)}, not '{theme}'.")
        self._application = offscreen_application()
        load_fonts()
        self.style = STYLES[theme]
        scale = max(0.5, min(width / 1280.0, height / REFERENCE))
        self.picture = Picture(view, self.style, scale, caption)
        if not self.picture.arrange_caption(width, height):
            raise ValueError(f"the caption is too long for a picture of {width}x{height}: fewer words, or more pixels.")
        # a view that was never shown keeps its default size; this one is shown nowhere
        self._window = pg.GraphicsView(useOpenGL=False, background=None)
        self._window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._window.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self._window.setCentralItem(self.picture)
        self._window.resize(width, height)
        self._window.show()
        QApplication.processEvents()
        self._image = QImage(width, height, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(1.0)

    def paint(self, frame: Frame) -> NDArray[np.uint8]:
        """Paint a frame and give its pixels (height, width, 4) as blue, green, red, 255; valid until the next call."""
        self.picture.draw(frame)
        # axes lay themselves out when events are processed
        QApplication.processEvents()
        self._image.fill(Qt.GlobalColor.white)
        painter = QPainter(self._image)
        area = QRectF(0, 0, self._image.width(), self._image.height())
        self._window.render(painter, area, area.toRect())
        painter.end()
        shape = (self._image.height(), self._image.width(), 4)
        return np.frombuffer(self._image.constBits(), dtype=np.uint8).reshape(shape)

    def close(self) -> None:
        """Take the view apart."""
        self._window.close()
        self._window.deleteLater()

    def __enter__(self) -> "Canvas":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
