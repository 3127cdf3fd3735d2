"""Deck: the cards of the window, laid out, hidden, or one of them alone."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from lossviz.experiment import Experiment, ViewSection
from lossviz.gui.layouts import GAP, Place, arranged
from lossviz.gui.panels.card_frame import CardFrame, ViewCard
from lossviz.gui.panels.scroll import Scroll


class Table(QWidget):
    """What the cards lie on; it says how they come back where none is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inner")
        self.empty = True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say how the cards come back."""
        if self.empty:
            painter = QPainter(self)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, "All cards are hidden: Ctrl+0 shows everything.")
            painter.end()


class Deck(Scroll):
    """Places cards by the layout of the experiment that is shown; it is scrolled where they need more room."""

    large_asked = Signal(str)
    """A card is to be seen alone, or with "" all of them again."""
    arranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        table = Table()
        super().__init__(table, "Cards", parent)
        self.table = table
        self.setWidgetResizable(False)
        self.cards: dict[str, CardFrame | ViewCard] = {}
        self.zoom = 1.0
        self._view, self._data = ViewSection(), True
        self._seen: frozenset[str] = frozenset()

    def add(self, name: str, card: CardFrame | ViewCard) -> None:
        """Take a card."""
        card.setParent(self.table)
        card.setVisible(False)
        card.name = name
        card.title_double_clicked.connect(self._double_clicked)
        self.cards[name] = card
        self._arrange()

    def shows(self, name: str) -> bool:
        """Tell whether a card is seen."""
        return name in self._seen

    @property
    def seen(self) -> frozenset[str]:
        """The cards that are seen."""
        return self._seen

    def show_experiment(self, experiment: Experiment) -> None:
        """Lay out as the experiment says; nothing is emitted but that cards came or went."""
        looks = experiment.view, experiment.surface.fitted
        if looks != (self._view, self._data):
            self._view, self._data = looks
            self._arrange()

    def set_zoom(self, zoom: float) -> None:
        """Lay out for larger or smaller type."""
        self.zoom = zoom
        self._arrange()

    def sizeHint(self) -> QSize:
        """Give a size in which every card can be read."""
        return QSize(960, 700)

    def minimumSizeHint(self) -> QSize:
        """Give the smallest size."""
        return QSize(280, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        places = self._places(width)
        if _bottom(places) > height:
            width -= self.verticalScrollBar().sizeHint().width() + GAP // 2
            places = self._places(width)
        self.table.resize(width, max(_bottom(places), height))
        for name, card in self.cards.items():
            if name in places:
                card.setGeometry(*places[name])
            card.setVisible(name in places)
            if isinstance(card, ViewCard):
                card.leaves_wheel = self.table.height() > height
        seen = frozenset(name for name in self.cards if name in places)
        if seen != self._seen:
            self._seen = seen
            self.table.empty = not seen
            self.table.update()
            self.arranged.emit()

    def _places(self, width: int) -> dict[str, Place]:
        view = self._view
        return arranged(view.layout, width, self.height(), view.hidden, view.large, self.zoom, self._data)

    @Slot(str)
    def _double_clicked(self, name: str) -> None:
        self.large_asked.emit("" if self._view.large else name)


def _bottom(places: dict[str, Place]) -> int:
    return max((top + height for _, top, _, height in places.values()), default=0)
