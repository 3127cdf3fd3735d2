"""Deck: the cards of the window, laid out, hidden, or one of them alone."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from lossviz.experiment import Experiment, ViewSection
from lossviz.gui.layouts import arranged
from lossviz.gui.panels.card_frame import CardFrame, ViewCard


class Deck(QWidget):
    """Places cards by the layout of the experiment that is shown."""

    large_asked = Signal(str)
    """A card is to be seen alone, or with "" all of them again."""
    arranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, CardFrame | ViewCard] = {}
        self.zoom = 1.0
        self._view = ViewSection()
        self._seen: frozenset[str] = frozenset()

    def add(self, name: str, card: CardFrame | ViewCard) -> None:
        """Take a card."""
        card.setParent(self)
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
        if experiment.view != self._view:
            self._view = experiment.view
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
        return QSize(420, 320)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say how the cards come back, where none is seen."""
        if not self._seen:
            painter = QPainter(self)
            text = "All cards are hidden: Ctrl+0 shows everything."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._arrange()

    def _arrange(self) -> None:
        view = self._view
        places = arranged(view.layout, self.width(), self.height(), view.hidden, view.large, self.zoom)
        for name, card in self.cards.items():
            if name in places:
                card.setGeometry(*places[name])
            card.setVisible(name in places)
        seen = frozenset(name for name in self.cards if name in places)
        if seen != self._seen:
            self._seen = seen
            self.update()
            self.arranged.emit()

    @Slot(str)
    def _double_clicked(self, name: str) -> None:
        self.large_asked.emit("" if self._view.large else name)
