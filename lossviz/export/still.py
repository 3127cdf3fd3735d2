"""Stills: any picture into one file, of pixels or of lines, whole or not at all."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPaintDevice, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from lossviz.experiment import write_whole
from lossviz.export.application import offscreen_application
from lossviz.export.canvas import LARGEST, REFERENCE, SMALLEST
from lossviz.export.encoders import write_png
from lossviz.views.brushes import load_fonts

STILLS = (".png", ".svg", ".pdf")
RESOLUTION = 96
"""Pixels an inch: with another one text would have another size than lines."""


def write_still(
    path: str | Path,
    size: tuple[int, int],
    make: Callable[[float], pg.GraphicsWidget],
    text: Mapping[str, str] | None = None,
) -> None:
    """Write a picture to a .png, .svg or .pdf file.

    Parameters
    ----------
    path : str or Path
    size : (width, height)
        In pixels, each from 160 to 8192; in a .pdf 96 to the inch.
    make : callable
        Gives the picture, with all sizes multiplied by the number that it is called with.
    text : mapping, optional
        What a .png says about itself; a .svg and a .pdf have its "Title".

    Raises
    ------
    ValueError
        If the file's kind or size is not such.
    OSError
        If it can't be written; nothing is left behind.
    """
    path, (width, height), said = Path(path), size, dict(text or {})
    kind = path.suffix.lower()
    if kind not in STILLS:
        found = f"'{path.suffix}'" if path.suffix else "a name without a suffix"
        raise ValueError(f"{found} can't be written; give a {', '.join(STILLS[:-1])} or {STILLS[-1]}.")
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise ValueError(f"size must be from {SMALLEST} to {LARGEST} pixels a side, not {width}x{height}.")
    # kept while it is painted
    application = offscreen_application()
    load_fonts()
    window = pg.GraphicsView(useOpenGL=False, background=None)
    # a view that was never shown keeps its default size; this one is shown nowhere
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
    window.setCentralItem(make(max(0.5, min(width / 1280.0, height / REFERENCE))))
    window.resize(width, height)
    window.show()
    QApplication.processEvents()
    try:
        if kind == ".png":
            write_png(path, _pixels(window, width, height), said)
        else:
            write_whole(path, (_svg if kind == ".svg" else _pdf)(window, width, height, said.get("Title", "")))
    finally:
        window.close()
        window.deleteLater()
        del application


def _pixels(window: pg.GraphicsView, width: int, height: int) -> np.ndarray:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    _paint(window, image, width, height)
    return np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, width, 4).copy()


def _svg(window: pg.GraphicsView, width: int, height: int, title: str) -> bytes:
    buffer = _buffer()
    # Tiny, the usual one, writes no clip paths
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(RESOLUTION)
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setTitle(title)
    generator.setDescription("lossviz")
    _paint(window, generator, width, height)
    return bytes(buffer.data().data())


def _pdf(window: pg.GraphicsView, width: int, height: int, title: str) -> bytes:
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    writer.setCreator("lossviz")
    points = 72.0 / RESOLUTION
    exactly = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(QSizeF(width * points, height * points), QPageSize.Unit.Point, "", exactly))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    _paint(window, writer, width, height)
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _paint(window: pg.GraphicsView, device: QPaintDevice, width: int, height: int) -> None:
    area = QRectF(0, 0, width, height)
    painter = QPainter(device)
    window.render(painter, area, area.toRect())
    painter.end()
