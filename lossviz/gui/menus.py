"""The menus: every action with its keys, connected to session, player and window."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QMessageBox

from lossviz.experiment import ViewSection, titles
from lossviz.gui.player import Player
from lossviz.gui.session import Session
from lossviz.resources import program_version

SHORTCUTS = (
    ("Space", "play or pause"),
    ("← →", "one step back or on; with Shift ten"),
    ("Home, End", "to the start, to the end"),
    ("Alt ↑ ↓", "the descent before or after"),
    ("[ ]", "a smaller or larger learning rate"),
    ("Ctrl+D", "add a descent"),
    ("Ctrl+Delete", "remove the selected descent"),
    ("Ctrl+T", "light or dark"),
    ("Ctrl+R", "the camera as it was"),
    ("F11", "full screen"),
    ("Ctrl+O, Ctrl+Q", "open an experiment, quit"),
)

HEIGHTS = (
    ("linear", "&Linear"),
    ("log", "L&ogarithm of the loss above the smallest"),
    ("rank", "&Rank: the part of the map that lies lower"),
)


class Menus(QObject):
    """Builds the menus of a window; what only the window can do leaves as a signal.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    player : Player
    """

    file_chosen = Signal(str)
    start_asked = Signal()
    end_asked = Signal()
    theme_asked = Signal()

    def __init__(self, window: QMainWindow, session: Session, player: Player) -> None:
        super().__init__(window)
        self.window = window
        self.session, self.player = session, player
        bar = window.menuBar()
        self._file(bar.addMenu("&File"))
        self._descent(bar.addMenu("&Descent"))
        self._view(bar.addMenu("&View"))
        menu = bar.addMenu("&Help")
        self._add(menu, "&Keys", self._show_keys, "?")
        self._add(menu, "&About lossviz", self._show_about)
        self.session.experiment_changed.connect(self._show_experiment)
        self._show_experiment()

    def _file(self, menu: QMenu) -> None:
        self._add(menu, "&Open…", self._ask_for_file, "Ctrl+O")
        shipped = menu.addMenu("&Experiments")
        for name, title in titles().items():
            self._add(shipped, title, self._open_chosen).setData(name)
        menu.addSeparator()
        self._add(menu, "&Quit", self.window.close, "Ctrl+Q")

    def _descent(self, menu: QMenu) -> None:
        self._add(menu, "&Play or pause", self.player.toggle, "Space")
        self._add(menu, "One step &on", self._jump, "Right").setData(1)
        self._add(menu, "One step &back", self._jump, "Left").setData(-1)
        self._add(menu, "Ten steps on", self._jump, "Shift+Right").setData(10)
        self._add(menu, "Ten steps back", self._jump, "Shift+Left").setData(-10)
        self._add(menu, "To the &start", self.start_asked.emit, "Home")
        self._add(menu, "To the &end", self.end_asked.emit, "End")
        menu.addSeparator()
        self._add(menu, "&Add descent", self.session.add_run, "Ctrl+D")
        self._add(menu, "&Remove descent", self._remove_selected, "Ctrl+Delete")
        self._add(menu, "Select the one be&fore", self._select, "Alt+Up").setData(-1)
        self._add(menu, "Select the one a&fter", self._select, "Alt+Down").setData(1)
        self._add(menu, "&Larger learning rate", self._scale_rate, "]").setData(1.1)
        self._add(menu, "S&maller learning rate", self._scale_rate, "[").setData(1.0 / 1.1)

    def _view(self, menu: QMenu) -> None:
        heights = menu.addMenu("&Height")
        self._heights = QActionGroup(self)
        for name, text in HEIGHTS:
            action = self._add(heights, text, self._height_chosen)
            action.setCheckable(True)
            action.setData(name)
            self._heights.addAction(action)
        self._add(menu, "&Camera as it was", self._reset_camera, "Ctrl+R")
        menu.addSeparator()
        self._add(menu, "&Light or dark", self.theme_asked.emit, "Ctrl+T")
        self._add(menu, "&Full screen", self._full_screen, "F11")

    def _add(self, menu: QMenu, text: str, slot: Callable[..., object], keys: str = "") -> QAction:
        action = QAction(text, self.window)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        menu.addAction(action)
        return action

    def _asked(self) -> object:
        """Give what the action that was triggered carries."""
        action = self.sender()
        return action.data() if isinstance(action, QAction) else None

    @Slot()
    def _show_experiment(self) -> None:
        for action in self._heights.actions():
            action.setChecked(action.data() == self.session.experiment.view.height)

    @Slot()
    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self.window, "Open an experiment", str(Path.cwd()), "Experiments (*.toml);;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file_chosen)
        dialog.open()

    @Slot()
    def _open_chosen(self) -> None:
        self.file_chosen.emit(str(self._asked()))

    @Slot()
    def _jump(self) -> None:
        steps = self._asked()
        if isinstance(steps, int):
            self.player.jump(steps)

    @Slot()
    def _select(self) -> None:
        change = self._asked()
        if isinstance(change, int):
            self.session.select(self.session.experiment.view.selected + change)

    @Slot()
    def _remove_selected(self) -> None:
        self.session.remove_run(self.session.experiment.view.selected)

    @Slot()
    def _scale_rate(self) -> None:
        factor, number = self._asked(), self.session.experiment.view.selected
        if isinstance(factor, float) and number < len(self.session.experiment.runs):
            run = self.session.experiment.runs[number]
            rate = float(f"{float(run.rule().learning_rate) * factor:.3g}")
            changed = {**run.hyperparameters, "learning_rate": rate}
            self.session.edit_run(number, msgspec.structs.replace(run, hyperparameters=changed))

    @Slot()
    def _height_chosen(self) -> None:
        self.session.edit_view(height=self._asked())

    @Slot()
    def _reset_camera(self) -> None:
        plain = ViewSection()
        self.session.edit_view(azimuth=plain.azimuth, elevation=plain.elevation, zoom=plain.zoom)

    @Slot()
    def _full_screen(self) -> None:
        self.window.setWindowState(self.window.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _show_keys(self) -> None:
        rows = "".join(f"<tr><td><b>{key}</b>&nbsp;&nbsp;</td><td>{text}</td></tr>" for key, text in SHORTCUTS)
        self._tell("Keys", f"<table cellspacing=4>{rows}</table>")

    @Slot()
    def _show_about(self) -> None:
        text = "Loss surfaces over weight and bias, and the descents that run on them."
        self._tell("About lossviz", f"<b>lossviz {program_version()}</b><br>{text}")

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, self.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setModal(False)
        box.show()
