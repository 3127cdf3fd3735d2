"""The main window: puts views and panels together and connects them; it decides nothing."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lossviz.experiment import ViewSection, experiments, load
from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.panels.card_frame import ViewCard
from lossviz.gui.panels.descents_panel import DescentsPanel
from lossviz.gui.panels.happening_panel import HappeningPanel
from lossviz.gui.panels.playback_bar import PlaybackBar
from lossviz.gui.panels.run_panel import RunPanel
from lossviz.gui.panels.surface_panel import SurfacePanel
from lossviz.gui.player import Player
from lossviz.gui.session import Session
from lossviz.resources import program_version
from lossviz.scene.style import DARK, LIGHT, Style
from lossviz.views.data_view import DataView
from lossviz.views.loss_view import LossView
from lossviz.views.map_view import MapView
from lossviz.views.surface_painter import SurfacePainter

GAP = 8
COLUMN = 296

SHORTCUTS = (
    ("Space", "play or pause"),
    ("← →", "one step back or on; with Shift ten"),
    ("Home, End", "to the start, to the end"),
    ("↑ ↓ with Alt", "the descent before or after"),
    ("[ ]", "a smaller or larger learning rate"),
    ("Ctrl+D", "add a descent"),
    ("Ctrl+Delete", "remove the selected descent"),
    ("Ctrl+T", "light or dark"),
    ("Ctrl+R", "the camera as it was"),
    ("F11", "full screen"),
)


class MainWindow(QMainWindow):
    """The window.

    Parameters
    ----------
    session : Session
    backend : Backend
        Closed with the window.
    style : Style, optional
        Default: as the desktop has it, and following it.
    """

    closed = Signal()

    def __init__(self, session: Session, backend: Backend, style: Style | None = None) -> None:
        super().__init__()
        self.setWindowTitle("lossviz")
        self.session, self.backend = session, backend
        self.player = Player(session, self)
        self._fixed_style = style
        self.style_ = style or theme.system_style()
        self._drawn_scene: object = None
        self._make_views()
        self._make_panels()
        self._lay_out()
        self._make_menus()
        self._connect()
        self.resize(1280, 800)
        self._show_experiment()

    def _make_views(self) -> None:
        self.surface = SurfacePainter(self.style_)
        self.map = MapView(self.style_)
        self.loss = LossView(self.style_)
        self.data = DataView(self.style_)
        self.cards = [ViewCard(view, self.style_) for view in (self.surface, self.map, self.loss, self.data)]

    def _make_panels(self) -> None:
        self.surface_panel = SurfacePanel()
        self.descents = DescentsPanel(self.style_)
        self.run = RunPanel(self.style_)
        self.happening = HappeningPanel()
        self.bar = PlaybackBar(self.style_)
        self.trouble = QLabel()
        self.trouble.setObjectName("trouble")
        self.trouble.setWordWrap(True)
        self.trouble.setAccessibleName("Message")
        self.trouble.hide()
        self.working = QLabel(self.bar)
        self.working.setProperty("quiet", True)
        self.working.hide()
        # shown only when something takes long, so that nothing flickers while a knob is turned
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(300)

    def _lay_out(self) -> None:
        column = QWidget()
        column.setObjectName("column")
        left = QVBoxLayout(column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GAP)
        left.addWidget(self.surface_panel)
        left.addWidget(self.descents, 1)
        left.addWidget(self.run)
        scroll = QScrollArea()
        scroll.setWidget(column)
        scroll.setWidgetResizable(True)
        scroll.setFixedWidth(COLUMN)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for row, parts in ((top, ((self.cards[0], 1), (self.cards[1], 1))),
                           (bottom, ((self.cards[2], 36), (self.cards[3], 36), (self.happening, 28)))):  # fmt: skip
            row.setSpacing(GAP)
            for widget, share in parts:
                row.addWidget(widget, share)
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addLayout(top, 11)
        right.addLayout(bottom, 10)
        right.addWidget(self.trouble)
        foot = QHBoxLayout()
        foot.addWidget(self.bar, 1)
        foot.addWidget(self.working)
        right.addLayout(foot)
        middle = QWidget()
        whole = QHBoxLayout(middle)
        whole.setContentsMargins(GAP, 2, GAP, GAP)
        whole.setSpacing(GAP)
        whole.addWidget(scroll)
        whole.addLayout(right, 1)
        self.setCentralWidget(middle)

    def _make_menus(self) -> None:
        file = self.menuBar().addMenu("&File")
        self._action(file, "&Open…", self.ask_for_file, QKeySequence.StandardKey.Open)
        shipped = file.addMenu("&Experiments")
        for name in experiments():
            action = QAction(load(name).title, self)
            action.setData(name)
            action.triggered.connect(self._open_chosen)
            shipped.addAction(action)
        file.addSeparator()
        self._action(file, "&Quit", self.close, QKeySequence("Ctrl+Q"))
        descent = self.menuBar().addMenu("&Descent")
        self._action(descent, "&Play or pause", self.player.toggle, QKeySequence("Space"))
        self._action(descent, "One step &on", self._step_on, QKeySequence("Right"))
        self._action(descent, "One step &back", self._step_back, QKeySequence("Left"))
        self._action(descent, "Ten steps on", self._ten_on, QKeySequence("Shift+Right"))
        self._action(descent, "Ten steps back", self._ten_back, QKeySequence("Shift+Left"))
        self._action(descent, "To the &start", self._to_start, QKeySequence("Home"))
        self._action(descent, "To the &end", self._to_end, QKeySequence("End"))
        descent.addSeparator()
        self._action(descent, "&Add descent", self.session.add_run, QKeySequence("Ctrl+D"))
        self._action(descent, "&Remove descent", self._remove_selected, QKeySequence("Ctrl+Delete"))
        self._action(descent, "Select the one be&fore", self._select_before, QKeySequence("Alt+Up"))
        self._action(descent, "Select the one a&fter", self._select_after, QKeySequence("Alt+Down"))
        self._action(descent, "&Larger learning rate", self._larger_rate, QKeySequence("]"))
        self._action(descent, "S&maller learning rate", self._smaller_rate, QKeySequence("["))
        view = self.menuBar().addMenu("&View")
        heights = view.addMenu("&Height")
        self._heights = QActionGroup(self)
        for name, text in (("linear", "&Linear"), ("log", "L&ogarithm of the loss above the smallest"),
                           ("rank", "&Rank: the part of the map that lies lower")):  # fmt: skip
            action = QAction(text, self, checkable=True)
            action.setData(name)
            action.triggered.connect(self._height_chosen)
            self._heights.addAction(action)
            heights.addAction(action)
        self._action(view, "&Camera as it was", self._reset_camera, QKeySequence("Ctrl+R"))
        view.addSeparator()
        self._action(view, "&Light or dark", self.toggle_theme, QKeySequence("Ctrl+T"))
        self._action(view, "&Full screen", self._full_screen, QKeySequence("F11"))
        help_menu = self.menuBar().addMenu("&Help")
        self._action(help_menu, "&Keys", self._show_keys, QKeySequence("?"))
        self._action(help_menu, "&About lossviz", self._show_about)

    def _action(
        self,
        menu: QMenu,
        text: str,
        slot: Callable[..., object],
        keys: QKeySequence | QKeySequence.StandardKey | None = None,
    ) -> QAction:
        action = QAction(text, self)
        if keys is not None:
            action.setShortcut(keys)
        action.triggered.connect(slot)
        menu.addAction(action)
        return action

    def _connect(self) -> None:
        s = self.session
        s.experiment_changed.connect(self._show_experiment)
        s.scene_changed.connect(self._show_scene)
        s.frame_changed.connect(self._show_frame)
        s.trouble.connect(self._show_trouble)
        s.progress.connect(self._show_progress)
        self._patience.timeout.connect(self.working.show)
        self.map.start_dragged.connect(s.move_start)
        self.map.start_dropped.connect(s.move_start)
        self.surface.orbited.connect(self._orbit)
        self.surface_panel.chosen.connect(self.open_file)
        self.descents.selected.connect(s.select)
        self.descents.shown_toggled.connect(self._show_run)
        self.descents.removed.connect(s.remove_run)
        self.descents.added.connect(s.add_run)
        self.run.run_edited.connect(s.edit_run)
        self.run.start_edited.connect(s.move_start)
        self.run.steps_edited.connect(self._steps_edited)
        self.run.trouble.connect(self._show_trouble)
        self.bar.toggled.connect(self.player.toggle)
        self.bar.jumped.connect(self.player.jump)
        self.bar.scrubbed.connect(self.player.see_step)
        self.bar.to_start.connect(self._to_start)
        self.bar.to_end.connect(self._to_end)
        self.bar.speed_chosen.connect(self._set_speed)
        self.player.playing_changed.connect(self.bar.show_playing)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    # showing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_experiment(self) -> None:
        experiment = self.session.experiment
        self.setWindowTitle(f"{experiment.title} — lossviz" if experiment.title else "lossviz")
        self.surface_panel.show_experiment(experiment)
        self.descents.show_experiment(experiment)
        self.run.show_experiment(experiment)
        for action in self._heights.actions():
            action.setChecked(action.data() == experiment.view.height)

    @Slot()
    def _show_scene(self) -> None:
        if self.session.scene is not None:
            self.surface_panel.show_scene(self.session.scene)
        self._show_frame()

    @Slot()
    def _show_frame(self) -> None:
        frame = self.session.frame
        if frame is None:
            return
        for card in self.cards:
            card.draw(frame)
        self.descents.show_frame(frame)
        self.run.show_frame(frame)
        self.happening.show_frame(frame)
        self.bar.show_step(self.session.step, self.session.steps)

    @Slot(str)
    def _show_trouble(self, sentence: str) -> None:
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
            self._show_trouble(str(error))
            self.surface_panel.show_experiment(self.session.experiment)
            return
        self.player.pause()
        self.session.open(experiment)

    @Slot()
    def ask_for_file(self) -> None:
        """Let a person choose an experiment."""
        dialog = QFileDialog(self, "Open an experiment", str(Path.cwd()), "Experiments (*.toml);;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.open_file)
        dialog.open()

    @Slot()
    def _open_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_file(action.data())

    @Slot(float, float, float)
    def _orbit(self, azimuth: float, elevation: float, zoom: float) -> None:
        self.session.edit_view(azimuth=azimuth, elevation=elevation, zoom=zoom)

    @Slot()
    def _reset_camera(self) -> None:
        plain = ViewSection()
        self._orbit(plain.azimuth, plain.elevation, plain.zoom)

    @Slot()
    def _height_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.session.edit_view(height=action.data())

    @Slot(int, bool)
    def _show_run(self, number: int, shown: bool) -> None:
        run = self.session.experiment.runs[number]
        self.session.edit_run(number, msgspec.structs.replace(run, shown=shown))

    @Slot(int)
    def _steps_edited(self, steps: int) -> None:
        self.session.edit_descent(steps=steps)

    @Slot()
    def _remove_selected(self) -> None:
        self.session.remove_run(self.session.experiment.view.selected)

    @Slot()
    def _select_before(self) -> None:
        self.session.select(self.session.experiment.view.selected - 1)

    @Slot()
    def _select_after(self) -> None:
        self.session.select(self.session.experiment.view.selected + 1)

    @Slot()
    def _larger_rate(self) -> None:
        self._scale_rate(1.1)

    @Slot()
    def _smaller_rate(self) -> None:
        self._scale_rate(1.0 / 1.1)

    def _scale_rate(self, factor: float) -> None:
        number = self.session.experiment.view.selected
        if number < len(self.session.experiment.runs):
            run = self.session.experiment.runs[number]
            rate = float(f"{float(run.rule().learning_rate) * factor:.3g}")
            changed = {**run.hyperparameters, "learning_rate": rate}
            self.session.edit_run(number, msgspec.structs.replace(run, hyperparameters=changed))

    @Slot()
    def _step_on(self) -> None:
        self.player.jump(1)

    @Slot()
    def _step_back(self) -> None:
        self.player.jump(-1)

    @Slot()
    def _ten_on(self) -> None:
        self.player.jump(10)

    @Slot()
    def _ten_back(self) -> None:
        self.player.jump(-10)

    @Slot()
    def _to_start(self) -> None:
        self.player.see_step(0)

    @Slot()
    def _to_end(self) -> None:
        self.player.pause()
        self.session.see_step(self.session.steps)

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
        for panel in (self.descents, self.run, self.bar):
            panel.restyle(style)
        self._show_experiment()
        self._show_scene()

    @Slot()
    def _full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _show_keys(self) -> None:
        rows = "".join(f"<tr><td><b>{key}</b>&nbsp;&nbsp;</td><td>{text}</td></tr>" for key, text in SHORTCUTS)
        self._tell("Keys", f"<table cellspacing=4>{rows}</table>")

    @Slot()
    def _show_about(self) -> None:
        text = "Loss surfaces over weight and bias, and the descents that run on them."
        self._tell("About lossviz", f"<b>lossviz {program_version()}</b><br>{text}")

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setModal(False)
        box.open()

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
