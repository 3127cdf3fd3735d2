"""Pictures: one view, or several as cards, laid out for a size; what a file shows."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter

from lossviz.landscape.naming import unknown
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style
from lossviz.views.brushes import color, font
from lossviz.views.caption import Caption
from lossviz.views.card import Card, Ground
from lossviz.views.data_view import DataView
from lossviz.views.legend_view import LegendView
from lossviz.views.loss_view import LossView
from lossviz.views.map_view import MapView
from lossviz.views.slice_view import SliceView
from lossviz.views.surface_painter import SurfacePainter
from lossviz.views.view import View

VIEWS: dict[str, type[View]] = {
    "surface": SurfacePainter,
    "map": MapView,
    "loss": LossView,
    "data": DataView,
    "slice": SliceView,
}
PICTURES = (*VIEWS, "dashboard")
GAP = 8.0
TITLE = 30.0

# left, top, width, height as parts of the picture below its title
_ALONE = (0.0, 0.0, 1.0, 1.0)
_DASHBOARD: dict[str, tuple[float, float, float, float]] = {
    "surface": (0.0, 0.0, 0.5, 0.54),
    "map": (0.5, 0.0, 0.5, 0.54),
    "loss": (0.0, 0.54, 0.36, 0.46),
    "data": (0.36, 0.54, 0.34, 0.46),
    "legend": (0.70, 0.54, 0.30, 0.46),
}
_WITHOUT_DATA = _DASHBOARD | {"loss": (0.0, 0.54, 0.5, 0.46), "legend": (0.5, 0.54, 0.5, 0.46)}
del _WITHOUT_DATA["data"]


class Picture(Ground):
    """A title and cards: what is drawn into a file.

    Parameters
    ----------
    kind : str
        One of PICTURES.
    style : Style
    scale : float
        All sizes are multiplied by it.
    caption : str
        A line below the cards; "" for none.

    Raises
    ------
    ValueError
        If there is no such picture.
    """

    def __init__(self, kind: str, style: Style, scale: float = 1.0, caption: str = "") -> None:
        super().__init__(style)
        if kind not in PICTURES:
            raise ValueError(unknown("a view", kind, PICTURES))
        self.scale_ = scale
        self.places = _DASHBOARD if kind == "dashboard" else {kind: _ALONE}
        made: dict[str, type[View]] = VIEWS | {"legend": LegendView}
        self.cards = {name: Card(made[name](style, scale)) for name in self.places}
        self.caption = Caption(caption, style, scale)
        self.frame: Frame | None = None
        for card in self.cards.values():
            card.setParentItem(self)

    def draw(self, frame: Frame) -> None:
        """Show a frame in every card; where there are no data, others get the room of theirs."""
        if self.frame is None and len(self.places) > 1 and frame.scene.data is None:
            self.places = _WITHOUT_DATA
            self.cards.pop("data").setParentItem(None)
            self.resizeEvent(None)
        self.frame = frame
        for card in self.cards.values():
            card.draw(frame)
        self.update()

    def arrange_caption(self, width: float, height: float) -> bool:
        """Lay the caption out for a picture of a size; tell whether it fits: it may take a third of the height."""
        return self.caption.arrange(width - 3.0 * GAP * self.scale_, height / 3.0)

    def resizeEvent(self, event: object) -> None:
        """Lay the cards out."""
        self.arrange_caption(self.rect().width(), self.rect().height())
        gap = GAP * self.scale_
        top = gap + TITLE * self.scale_
        width, height = self.rect().width() - gap, self.rect().height() - top - self.caption.height
        for name, (x, y, w, h) in self.places.items():
            self.cards[name].setGeometry(QRectF(gap + x * width, top + y * height, w * width - gap, h * height - gap))

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the ground and the title with the step."""
        super().paint(painter, option, widget)
        if self.frame is None:
            return
        style, scale = self.style_, self.scale_
        scene = self.frame.scene
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        below = self.rect().height() - self.caption.height
        self.caption.paint(painter, QPointF(1.5 * GAP * scale, below - 0.5 * GAP * scale))
        face = font(17.0 * scale, QFont.Weight.DemiBold)
        painter.setFont(face)
        painter.setPen(color(style.ink))
        base = (GAP + 21.0) * scale
        painter.drawText(QPointF(1.5 * GAP * scale, base), scene.experiment.title or "lossviz")
        text = f"step {self.frame.row} of {scene.steps}"
        quiet = font(15.0 * scale)
        painter.setFont(quiet)
        painter.setPen(color(style.quiet))
        metrics = pg.QtGui.QFontMetricsF(quiet)
        painter.drawText(QPointF(self.rect().width() - 1.5 * GAP * scale - metrics.horizontalAdvance(text), base), text)
