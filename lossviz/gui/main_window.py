"""The main window: puts views and panels together and connects them; it decides nothing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from lossviz.experiment import load
from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.panels.card_frame import ViewCard
from lossviz.gui.player import Player
from lossviz.gui.session import Session
from lossviz.scene.style import DARK, LIGHT, Style
from lossviz.views.data_view import DataView
from lossviz.views.loss_view import LossView
from lossviz.views.map_view import MapView
from lossviz.views.surface_painter import SurfacePainter

if TYPE_CHECKING:
    from lossviz.gui.menus import Menus
    from lossviz.gui.panels.playback_bar import PlaybackBar
    from lossviz.gui.side_panels import SidePanels

GAP = 8
COLUMN = 306
BAR = 30


class MainWindow(QMainWindow):
    """The window: at once with its views; menus and panels come right after the first picture.

    Parameters
    ----------
    session : Session
    backend : Backend
        Closed with the window.
    style : Style, optional
        Default: as the desktop has it, and following it.
    """

    closed = Signal()
    furnished = Signal()

    def __init__(self, session: Session, backend: Backend, style: Style | None = None) -> None:
        super().__init__()
        self.session, self.backend = session, backend
        self.player = Player(session, self)
        self.panels: SidePanels | None = None
        self.menus: Menus | None = None
        self._fixed_style = style
        self.style_ = style or theme.system_style()
        self.surface = SurfacePainter(self.style_)
        self.map = MapView(self.style_)
        self.loss = LossView(self.style_)
        self.data = DataView(self.style_)
        self.cards = [ViewCard(view, self.style_) for view in (self.surface, self.map, self.loss, self.data)]
        self.bar: PlaybackBar | None = None
        self._lay_out()
        self._connect()
        self.resize(1280, 800)
        self._show_experiment()
        self._show_frame()

    def _lay_out(self) -> None:
        self.trouble = QLabel()
        self.trouble.setObjectName("trouble")
        self.trouble.setWordWrap(True)
        self.trouble.setAccessibleName("Message")
        self.trouble.hide()
        self.working = QLabel()
        self.working.setProperty("quiet", True)
        self.working.hide()
        # shown only when something takes long, so that nothing flickers while a knob is turned
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(300)
        column = QWidget()
        column.setObjectName("column")
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        scroll = QScrollArea()
        scroll.setWidget(column)
        scroll.setWidgetResizable(True)
        scroll.setFixedWidth(COLUMN)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top, self._bottom = QHBoxLayout(), QHBoxLayout()
        for row, cards in ((top, self.cards[:2]), (self._bottom, self.cards[2:])):
            row.setSpacing(GAP)
            for card in cards:
                row.addWidget(card, 36)
        self._bottom.addStretch(30)
        self._foot = QHBoxLayout()
        self._foot.addStrut(BAR)
        self._foot.addStretch(1)
        self._foot.addWidget(self.working)
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addLayout(top, 11)
        right.addLayout(self._bottom, 10)
        right.addWidget(self.trouble)
        right.addLayout(self._foot)
        middle = QWidget()
        # a click beside a field takes the keys from it
        middle.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        middle.setAccessibleName("Views and panels")
        whole = QHBoxLayout(middle)
        whole.setContentsMargins(GAP, 2, GAP, GAP)
        whole.setSpacing(GAP)
        whole.addWidget(scroll)
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
        s.progress.connect(self._show_progress)
        self._patience.timeout.connect(self.working.show)
        self.map.start_dragged.connect(s.move_start)
        self.map.start_dropped.connect(s.move_start)
        self.surface.orbited.connect(self._orbit)
        for card in self.cards:
            card.first_painted.connect(self.furnish, Qt.ConnectionType.QueuedConnection)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    @Slot()
    def furnish(self) -> None:
        """Make menus and panels, once."""
        if self.panels is not None:
            return
        from lossviz.gui.menus import Menus
        from lossviz.gui.panels.playback_bar import PlaybackBar
        from lossviz.gui.side_panels import SidePanels

        self.panels = SidePanels(self.session, self.style_, self._column, self)
        self._bottom.takeAt(self._bottom.count() - 1)
        self._bottom.addWidget(self.panels.happening, 30)
        self.panels.chosen.connect(self.open_file)
        self.panels.trouble.connect(self.show_trouble)
        self.menus = Menus(self, self.session, self.player)
        self.menus.file_chosen.connect(self.open_file)
        self.menus.start_asked.connect(self.to_start)
        self.menus.end_asked.connect(self.to_end)
        self.menus.theme_asked.connect(self.toggle_theme)
        self.bar = PlaybackBar(self.style_)
        self._foot.takeAt(1)
        self._foot.insertWidget(1, self.bar, 1)
        self.bar.toggled.connect(self.player.toggle)
        self.bar.jumped.connect(self.player.jump)
        self.bar.scrubbed.connect(self.player.see_step)
        self.bar.to_start.connect(self.to_start)
        self.bar.to_end.connect(self.to_end)
        self.bar.speed_chosen.connect(self._set_speed)
        self.player.playing_changed.connect(self.bar.show_playing)
        self.bar.show_step(self.session.step, self.session.steps)
        self.furnished.emit()

    # showing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_experiment(self) -> None:
        title = self.session.experiment.title
        self.setWindowTitle(f"{title} — lossviz" if title else "lossviz")

    @Slot()
    def _show_frame(self) -> None:
        frame = self.session.frame
        if frame is not None:
            for card in self.cards:
                card.draw(frame)
        if self.bar is not None:
            self.bar.show_step(self.session.step, self.session.steps)

    @Slot(str)
    def show_trouble(self, sentence: str) -> None:
        """Show one sentence, or with "" none."""
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))

    @Slot(float)
    def _show_progress(self, part: float) -> None:
        if part >= 1.0:
            self._patience.stop()
            self.working.hide()
            return
        self.working.setText(f"computing {100 * part:.0f} %")
        if not (self._patience.isActive() or self.working.isVisible()):
            self._patience.start()

    # wishes -------------------------------------------------------------------------------------------------------

    @Slot(str)
    def open_file(self, path: str) -> None:
        """Open an experiment; where it can't be read say so, and leave everything as it was."""
        try:
            experiment = load(path)
        except (ValueError, OSError) as error:
            self.show_trouble(str(error))
            self.session.experiment_changed.emit()
            return
        self.player.pause()
        self.session.open(experiment)

    @Slot()
    def to_start(self) -> None:
        """See the start."""
        self.player.see_step(0)

    @Slot()
    def to_end(self) -> None:
        """See the end."""
        self.player.pause()
        self.session.see_step(self.session.steps)

    @Slot(float, float, float)
    def _orbit(self, azimuth: float, elevation: float, zoom: float) -> None:
        self.session.edit_view(azimuth=azimuth, elevation=elevation, zoom=zoom)

    @Slot(float)
    def _set_speed(self, speed: float) -> None:
        self.player.speed = speed

    @Slot()
    def toggle_theme(self) -> None:
        """Change from light to dark or back, and keep to it."""
        self._fixed_style = LIGHT if self.style_.name == "dark" else DARK
        self.restyle(self._fixed_style)

    @Slot()
    def _scheme_changed(self) -> None:
        if self._fixed_style is None:
            self.restyle(theme.system_style())

    def restyle(self, style: Style) -> None:
        """Dress everything in a style."""
        self.style_ = style
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, style)
        for card in self.cards:
            card.restyle(style)
        for part in (self.bar, self.panels):
            if part is not None:
                part.restyle(style)
        self._show_frame()

    # the end ------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Stop playing when nobody can see it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.player.pause()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the clock and the backend thread, then close."""
        self.player.pause()
        self.backend.close()
        event.accept()
        self.closed.emit()
