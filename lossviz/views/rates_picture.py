"""The picture of a learning-rate range test in a file: whose it is, the plot, and below what is seen."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter

from lossviz.scene.rates import RatesSeen
from lossviz.scene.style import Style
from lossviz.views.brushes import color, font
from lossviz.views.caption import Caption
from lossviz.views.card import Card, Ground
from lossviz.views.dashboard import GAP, TITLE
from lossviz.views.rates_view import RatesView


class RatesPicture(Ground):
    """A title, a card, and a sentence.

    Parameters
    ----------
    title : str
    seen : RatesSeen
    style : Style
    scale : float
        All sizes are multiplied by it.
    """

    def __init__(self, title: str, seen: RatesSeen, style: Style, scale: float = 1.0) -> None:
        super().__init__(style)
        self.title, self.scale_ = title, scale
        self.view = RatesView(style, scale)
        self.card = Card(self.view)
        self.card.setParentItem(self)
        self.caption = Caption(seen.sentence, style, scale)
        self.view.show_rates(seen)

    def resizeEvent(self, event: object) -> None:
        """Lay the card out between title and sentence."""
        gap, rect = GAP * self.scale_, self.rect()
        self.caption.arrange(rect.width() - 3.0 * gap, rect.height() / 3.0)
        top = gap + TITLE * self.scale_
        self.card.setGeometry(QRectF(gap, top, rect.width() - 2 * gap, rect.height() - top - gap - self.caption.height))

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the ground, the title and the sentence."""
        super().paint(painter, option, widget)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 1.5 * GAP * self.scale_
        painter.setFont(font(17.0 * self.scale_, QFont.Weight.DemiBold))
        painter.setPen(color(self.style_.ink))
        painter.drawText(QPointF(left, (GAP + 21.0) * self.scale_), self.title)
        self.caption.paint(painter, QPointF(left, self.rect().height() - self.caption.height - 0.5 * GAP * self.scale_))
