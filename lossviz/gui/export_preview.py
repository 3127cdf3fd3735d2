"""The preview of an export: a real still, small, drawn by a child process; the newest wish wins."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QRectF, QSizeF, Qt, QTemporaryDir, QTimer, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lossviz.experiment import Experiment
from lossviz.export.canvas import REFERENCE
from lossviz.gui.export_job import ExportJob, ExportOptions
from lossviz.scene.style import Style
from lossviz.views.brushes import color, font

QUIET = 250
"""Milliseconds without a change after which a preview is drawn."""
SHARE = 0.5
"""How large type is in a preview, of its size on a screen; no picture has smaller type."""


def preview_options(options: ExportOptions, step: float, folder: Path, ratio: float = 1.0) -> ExportOptions:
    """Give the options of the preview: a still of a step, with the same layout at fewer pixels."""
    width, height = options.size
    scale = max(SHARE, min(width / 1280.0, height / REFERENCE))
    part = min(1.0, SHARE * min(2.0, ratio) / scale)
    size = (round(part * width), round(part * height))
    return replace(options, path=str(folder / "preview.png"), size=size, at=step, first=None, last=None)


class ExportPreview(QWidget):
    """Shows what an export will look like.

    Parameters
    ----------
    style : Style
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Preview")
        self.style_ = style
        self.image: QImage | None = None
        self.sentence = ""
        """Why there is no picture."""
        self.job = ExportJob(self)
        self.job.finished.connect(self._show)
        self.job.failed.connect(self._fail)
        self.job.cancelled.connect(self._go_on)
        self._folder: QTemporaryDir | None = None
        self._asked: tuple[Experiment, ExportOptions, float] | None = None
        self._drawn: tuple[Experiment, ExportOptions, float] | None = None
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET)
        self._quiet.timeout.connect(self._draw)

    @property
    def current(self) -> bool:
        """Whether what is shown is what was asked for last."""
        return self._asked is not None and self._asked == self._drawn and not self.job.running

    def ask(self, experiment: Experiment, options: ExportOptions, step: float) -> None:
        """Ask for the preview of a step with these options; where they go doesn't matter."""
        wish = (experiment, replace(options, path="", fps=1.0, at=None, first=None, last=None), step)
        if wish != self._asked:
            self._asked = wish
            self._quiet.start()
            self.update()

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.style_ = style
        self.update()

    def stop(self) -> None:
        """End what is being drawn, and forget what was."""
        self._quiet.stop()
        self.job.close()
        self._asked = self._drawn = None
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, paler while a newer one is drawn."""
        painter = QPainter(self)
        area = QRectF(self.rect())
        if self.image is not None and not self.sentence:
            size = QSizeF(self.image.size()).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(0.0, 0.0, size.width(), size.height())
            target.moveCenter(area.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(1.0 if self.current else 0.45)
            painter.drawImage(target, self.image)
            painter.setOpacity(1.0)
            painter.setPen(color(self.style_.hairline))
            painter.drawRect(target.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.setFont(font(self.style_.text))
        painter.setPen(color(self.style_.ink if self.sentence else self.style_.quiet))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area.adjusted(24, 24, -24, -24), flags, self.sentence or "The preview is being drawn …")

    @Slot()
    def _draw(self) -> None:
        if self._asked is None or self._asked == self._drawn:
            return
        if self.job.running:
            # the rest comes when it has ended
            self.job.cancel_within(0)
            return
        if self._folder is None:
            self._folder = QTemporaryDir()
        self._drawn = self._asked
        experiment, options, step = self._asked
        folder = Path(self._folder.path())
        self.job.start(experiment, preview_options(options, step, folder, self.devicePixelRatioF()))

    @Slot(str)
    def _show(self, path: str) -> None:
        if self._drawn == self._asked:
            self.image, self.sentence = QImage(path), ""
        self._go_on()

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self.sentence = sentence
        self._go_on()

    @Slot()
    def _go_on(self) -> None:
        self.update()
        if not self._quiet.isActive():
            self._draw()
