"""The main window: puts views and panels together and connects them; it decides nothing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QSizePolicy, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.deck import Deck
from lossviz.gui.document import Document
from lossviz.gui.files import Files
from lossviz.gui.layouts import GAP
from lossviz.gui.panels.card_frame import ViewCard
from lossviz.gui.panels.scroll import Scroll
from lossviz.gui.panels.status_line import StatusLine
from lossviz.gui.player import Player
from lossviz.gui.question_bar import QuestionBar
from lossviz.gui.session import Session
from lossviz.gui.settings import Settings
from lossviz.gui.trouble_bar import TroubleBar
from lossviz.scene.style import Style
from lossviz.views.data_view import DataView
from lossviz.views.loss_view import LossView
from lossviz.views.map_view import MapView
from lossviz.views.surface_view import SurfaceView

if TYPE_CHECKING:
    from lossviz.gui.autosave import Autosave
    from lossviz.gui.furniture import Furniture

COLUMN = 306
"""Pixels of the column of panels."""
MOST = 0.4
"""Of the window's width for that column: the pictures need the rest."""
BAR = 30


class Side(Scroll):
    """The column of panels: as wide as it asks for, or less where the window is narrow."""

    def __init__(self, column: QWidget) -> None:
        super().__init__(column, "Panels", stop=False)
        self._wanted = COLUMN
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Maximum)
        self.setSizePolicy(policy)

    def want(self, width: int) -> None:
        """Ask for a width."""
        if width != self._wanted:
            self._wanted = width
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Give the width that is asked for."""
        return QSize(self._wanted, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Give the least size."""
        return QSize(min(self._wanted, 220), 120)


class MainWindow(QMainWindow):
    """The window: at once with its views; menus and panels come right after the first picture.

    Parameters
    ----------
    session : Session
    backend : Backend
        Closed with the window.
    style : Style, optional
        Default: as the settings or the desktop have it, and following them.
    settings : Settings, optional
        Default: nothing is remembered.
    """

    closed = Signal()
    furnished = Signal()

    def __init__(
        self, session: Session, backend: Backend, style: Style | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__()
        self.session, self.backend = session, backend
        self.settings = settings or Settings()
        self.player = Player(session, self)
        self.document = Document(session, self.settings, self)
        self.furniture: Furniture | None = None
        self.autosave: Autosave | None = None
        self._ended = False
        self._fixed_style = style
        self.style_ = style or theme.chosen_style(self.settings)
        self.zoom = self.settings.number("zoom", 0.5, 3.0, 1.0)
        self.surface = SurfaceView(self.style_)
        self.map = MapView(self.style_)
        self.loss = LossView(self.style_)
        self.data = DataView(self.style_)
        self.deck = Deck()
        for name, view in (("surface", self.surface), ("map", self.map), ("loss", self.loss), ("data", self.data)):
            self.deck.add(name, ViewCard(view, self.style_, self.zoom))
        self._lay_out()
        self._connect()
        self.resize(1280, 800)
        self.setAcceptDrops(True)
        if self.settings.geometry is not None:
            self.restoreGeometry(self.settings.geometry)
        self._show_experiment()
        self._show_frame()

    @property
    def cards(self) -> list[ViewCard]:
        """The cards of views, seen or not."""
        return [card for card in self.deck.cards.values() if isinstance(card, ViewCard)]

    def _lay_out(self) -> None:
        self.trouble = TroubleBar()
        self.question = QuestionBar()
        self.files = Files(self, self.document, self.question)
        self.status = StatusLine()
        column = QWidget()
        column.setObjectName("column")
        self.column = QVBoxLayout(column)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)
        self.side = Side(column)
        self.foot = QHBoxLayout()
        self.foot.addStrut(BAR)
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addWidget(self.question)
        right.addWidget(self.deck, 1)
        right.addWidget(self.trouble)
        right.addLayout(self.foot)
        right.addWidget(self.status)
        middle = QWidget()
        # a click beside a field takes the keys from it
        middle.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        middle.setAccessibleName("Views and panels")
        whole = QHBoxLayout(middle)
        whole.setContentsMargins(GAP, 2, GAP, 4)
        whole.setSpacing(GAP)
        whole.addWidget(self.side)
        whole.addLayout(right, 1)
        self.setCentralWidget(middle)
        # the room of the menus, so that nothing moves when they come
        self.menuBar().setMinimumHeight(28)

    def _connect(self) -> None:
        s = self.session
        s.experiment_changed.connect(self._show_experiment)
        s.scene_changed.connect(self._show_frame)
        s.frame_changed.connect(self._show_frame)
        s.trouble.connect(self.show_trouble)
        s.progress.connect(self.status.show_progress)
        self.document.changed.connect(self._show_title)
        self.document.opened.connect(self.player.pause)
        self.files.close_agreed.connect(self._close_for_good)
        self.deck.large_asked.connect(self._see_large)
        self.deck.arranged.connect(self._show_frame)
        self.map.handle.grasped.connect(s.grasp)
        self.map.start_dragged.connect(self._drag_start)
        self.map.start_dropped.connect(self._drop_start)
        self.surface.orbited.connect(self._orbit)
        self.surface.panned.connect(self._pan)
        self.surface.grasped.connect(s.grasp)
        self.surface.released.connect(s.release)
        for card in self.cards:
            card.first_painted.connect(self.furnish, Qt.ConnectionType.QueuedConnection)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    @Slot()
    def furnish(self) -> None:
        """Make menus, panels and the other cards, once, and let the backend go on meanwhile."""
        if self.furniture is None:
            self.session.go_on()
            from lossviz.gui.furniture import Furniture

            self.furniture = Furniture(self)
            self._show_experiment()
            self._show_frame()
            self.furnished.emit()

    # showing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_experiment(self) -> None:
        self.deck.show_experiment(self.session.experiment)
        self._show_title()

    @Slot()
    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.document.name}[*] — lossviz")
        self.setWindowModified(self.document.dirty)

    @Slot()
    def _show_frame(self) -> None:
        frame = self.session.frame
        if frame is not None:
            for card in self.cards:
                if self.deck.shows(card.name):
                    card.draw(frame)

    @Slot(str)
    def show_trouble(self, sentence: str) -> None:
        """Show one sentence, or with "" none."""
        self.trouble.show_trouble(sentence, self.session.details)

    # wishes -------------------------------------------------------------------------------------------------------

    @Slot(str)
    def open_file(self, path: str) -> None:
        """Open a file; where it can't be read say so, and leave everything as it was."""
        self.files.open(path)

    @Slot()
    def to_start(self) -> None:
        """See the start."""
        self.player.see_step(0)

    @Slot()
    def to_end(self) -> None:
        """See the end."""
        self.player.pause()
        self.session.see_step(self.session.steps)

    @Slot(float, float)
    def _drag_start(self, w: float, b: float) -> None:
        # what a hand sets has no more digits than a hand has
        self.session.move_start(float(f"{w:.4g}"), float(f"{b:.4g}"))

    @Slot(float, float)
    def _drop_start(self, w: float, b: float) -> None:
        self._drag_start(w, b)
        self.session.release()

    @Slot(float, float, float)
    def _orbit(self, azimuth: float, elevation: float, zoom: float) -> None:
        self.session.edit_view(azimuth=azimuth, elevation=elevation, zoom=zoom)

    @Slot(float, float)
    def _pan(self, x: float, y: float) -> None:
        self.session.edit_view(pan_x=x, pan_y=y)

    @Slot(str)
    def _see_large(self, name: str) -> None:
        self.session.edit_view(large=name)

    # how it looks -------------------------------------------------------------------------------------------------

    @Slot()
    def toggle_theme(self) -> None:
        """Change from light to dark or back, and keep to it."""
        self.choose_theme("light" if self.style_.is_dark else "dark")

    def choose_theme(self, name: str) -> None:
        """Take a theme, one of THEMES, and remember it."""
        self.settings.keep("theme", name)
        self._fixed_style = None
        self.restyle(theme.chosen_style(self.settings))

    def choose_zoom(self, zoom: float) -> None:
        """Draw everything larger or smaller, and remember it."""
        self.settings.keep("zoom", zoom)
        self.zoom = zoom
        self.restyle(self.style_)

    @Slot()
    def _scheme_changed(self) -> None:
        if self._fixed_style is None:
            self.restyle(theme.chosen_style(self.settings))

    def restyle(self, style: Style) -> None:
        """Dress everything in a style."""
        self.style_ = style
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, style, self.zoom)
        self._fit_side()
        self.deck.set_zoom(self.zoom)
        for card in self.cards:
            card.restyle(style, self.zoom)
        if self.furniture is not None:
            self.furniture.restyle(style)
        self._show_frame()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between panels and pictures."""
        super().resizeEvent(event)
        self._fit_side()

    def _fit_side(self) -> None:
        self.side.want(round(min(COLUMN * self.zoom, MOST * self.width())))

    # the end ------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files that can be opened."""
        if self.files.droppable(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that was dropped."""
        file = self.files.droppable(event.mimeData())
        if file is not None:
            event.acceptProposedAction()
            self.open_file(file)

    def changeEvent(self, event: QEvent) -> None:
        """Stop playing when nobody can see it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.player.pause()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, unless edits would be lost that nobody gave up."""
        if not self.files.agree_to_close():
            event.ignore()
            return
        self.end()
        event.accept()
        self.closed.emit()

    @Slot()
    def _close_for_good(self) -> None:
        self.document.give_up()
        self.close()

    @Slot()
    def end(self) -> None:
        """Stop the clock, the child processes and the backend thread, and remember where the window was."""
        if self._ended:
            return
        self._ended = True
        self.player.pause()
        self.settings.keep_geometry(self.saveGeometry())
        if self.furniture is not None:
            self.furniture.close()
        if self.autosave is not None:
            # edits that nobody was asked about are offered next time
            self.autosave.close(forget=not self.document.dirty)
        self.backend.close()
