"""The menus: every wish with its text, keys and help. What only the window can do leaves as a signal."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from lossviz.experiment import CARDS, titles
from lossviz.gui.actions import Actions
from lossviz.gui.document import Document
from lossviz.gui.files import Files
from lossviz.gui.layouts import ABOUT_DATA, LAYOUTS, TITLES
from lossviz.gui.player import Player
from lossviz.gui.session import Session
from lossviz.gui.settings import THEMES
from lossviz.gui.wishes import STARTS, Wishes
from lossviz.scene.camera import PRESETS

HEIGHTS = (
    ("linear", "&Linear", "Height is the loss itself"),
    ("log", "L&ogarithm of the loss above the smallest", "Shows the bottom of the valley"),
    (
        "rank",
        "&Rank: the part of the map that lies lower",
        "Spreads the heights evenly over the map: flat parts are seen too",
    ),
)
CONTROL_TEXTS = {
    "loss surface": "Panel: Loss surface",
    "experiment": "    Choice of experiments",
    "formula": "    Formula of the loss",
    "descents": "Panel: Descents",
    "verdicts": "    Verdicts",
    "adding": "    Add, duplicate, keep",
    "random starts": "    Random starts",
    "selected": "Panel: Selected descent",
    "optimizer": "    Optimizer",
    "rule": "    Rule in symbols",
    "rates": "    Learning rate and others",
    "limits": "    Limits of the learning rate",
    "start": "    Start",
    "steps": "    Steps",
    "schedule": "    Schedule of the rate",
    "batches": "    Mini-batches",
    "clipping": "    Clipping",
    "averaging": "    Averaging",
    "parameters": "    Weight and bias apart",
    "precision": "    Precision",
    "looks": "    Looks",
    "playback": "Playback bar",
    "status": "Status line",
}
COST_TEXTS = (
    ("steps", "&Steps", "Draw the loss curve by step"),
    ("samples", "S&amples seen", "Draw the loss curve by the slopes of samples that were computed"),
    ("seconds", "&Modelled time", "Draw the loss curve by the time that steps and samples are said to take"),
    ("epochs", "&Epochs", "Draw the loss curve by how often the samples were gone through"),
)
THEME_TEXTS = {
    "system": ("As the &desktop", "Light or dark as the desktop is"),
    "light": ("&Light", "Dark on light"),
    "dark": ("&Dark", "Light on dark"),
    "contrast": ("&High contrast", "Black and white, wide lines"),
}
PHASES = (
    ("slope", "&Slope of the step", "S", "Take the slope at the ball"),
    ("rate", "Times the &rate", "R", "Multiply the slope by the learning rate"),
    ("move", "&Move", "M", "Let the ball move"),
    ("check", "&Check the loss", "C", "Look whether the loss is lower"),
)


class Menus(QObject):
    """Builds the menus of a window.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    player : Player
    document : Document
    files : Files
    """

    start_asked = Signal()
    end_asked = Signal()
    phase_asked = Signal()
    """The next part of a step."""
    recompute_asked = Signal()
    whole_map_asked = Signal()
    theme_asked = Signal(str)
    theme_toggled = Signal()
    zoom_asked = Signal(int)
    """Larger (1), smaller (−1), or as it was (0)."""
    picker_asked = Signal()
    """A surface is to be chosen."""
    optimizer_asked = Signal()
    """An optimizer is to be chosen."""
    rates_asked = Signal()
    """A learning rate is to be looked for."""
    folder_asked = Signal()
    """The folder of a person's own surfaces is to be shown."""
    export_asked = Signal()
    picture_asked = Signal()
    numbers_asked = Signal()
    preferences_asked = Signal()
    history_asked = Signal()
    keys_asked = Signal()
    about_asked = Signal()

    def __init__(self, window: QMainWindow, session: Session, player: Player, document: Document, files: Files) -> None:
        super().__init__(window)
        self.window, self.session, self.player = window, session, player
        self.document, self.files = document, files
        self.wishes = Wishes(session, self)
        self.actions = Actions(window)
        bar = window.menuBar()
        self._file(bar.addMenu("&File"))
        self._edit(bar.addMenu("&Edit"))
        self._view(bar.addMenu("&View"))
        self._descent(bar.addMenu("&Descent"))
        self._step(bar.addMenu("&Step"))
        menu = bar.addMenu("&Help")
        self.actions.add(menu, "&Keys", self.keys_asked.emit, ("?", "F1"), "All keys on one sheet")
        self.actions.add(menu, "&About lossviz", self.about_asked.emit, (), "Version and licence")
        session.experiment_changed.connect(self._show_experiment)
        self._show_experiment()

    def _file(self, menu: QMenu) -> None:
        add, files = self.actions.add, self.files
        add(menu, "&New", files.new, "Ctrl+N", "Begin anew with these data and one descent")
        add(menu, "&Open…", files.ask_open, "Ctrl+O", "Open an experiment, a picture that carries one, or a CSV file")
        told = "Open losses that were computed elsewhere: a .npz, .h5 or .csv file"
        add(menu, "Open a &grid of losses…", files.ask_grid, (), told)
        self.recent = menu.addMenu("Open &recent")
        # at each look: a file may have gone since
        self.recent.aboutToShow.connect(self.show_recent)
        shipped = menu.addMenu("&Experiments")
        for name, title in titles().items():
            add(shipped, title, files.open, (), f"Open the shipped experiment “{title}”", data=name)
        add(menu, "S&urfaces…", self.picker_asked.emit, "Ctrl+F", "Choose a surface: all test functions, with pictures")
        told = "Show the folder for surfaces of your own, with an example to begin from"
        add(menu, "Open surfaces &folder", self.folder_asked.emit, "Ctrl+Shift+F", told)
        menu.addSeparator()
        add(menu, "&Save", files.save, "Ctrl+S", "Save the experiment to its file")
        add(menu, "Save &as…", files.ask_save, "Ctrl+Shift+S", "Save the experiment to another file")
        add(menu, "&Export…", self.export_asked.emit, "Ctrl+E", "Write a film or a picture")
        menu.addSeparator()
        add(menu, "&Quit", self.window.close, "Ctrl+Q", "Close the window")

    def _edit(self, menu: QMenu) -> None:
        history = self.session.history
        both: list[tuple[QAction, tuple[str, ...]]] = [
            (history.createUndoAction(self), ("Ctrl+Z",)),
            (history.createRedoAction(self), ("Ctrl+Shift+Z", "Ctrl+Y")),
        ]
        for action, keys in both:
            action.setShortcuts([QKeySequence(key) for key in keys])
            menu.addAction(action)
            self.actions.take(menu, action, keys)
        self.actions.add(menu, "&History", self.history_asked.emit, "Ctrl+H", "All edits, to go back to any of them")
        menu.addSeparator()
        add = self.actions.add
        add(menu, "&Copy picture", self.picture_asked.emit, "Ctrl+C", "The large card, or all cards, as a picture")
        add(
            menu,
            "Copy &numbers",
            self.numbers_asked.emit,
            "Ctrl+Shift+C",
            "Each descent at this step, or the coefficients where their card is meant",
        )
        menu.addSeparator()
        add(menu, "&Preferences…", self.preferences_asked.emit, "Ctrl+,", "Theme, movement, text size")

    def _view(self, menu: QMenu) -> None:
        add, wishes = self.actions.add, self.wishes
        layouts = menu.addMenu("&Layout")
        self._layouts = QActionGroup(self)
        for number, (name, layout) in enumerate(LAYOUTS.items(), start=1):
            text, keys = f"&{layout.title}", f"Ctrl+{number}"
            self._layouts.addAction(add(layouts, text, wishes.see_layout, keys, layout.text, checkable=True, data=name))
        large = menu.addMenu("One card &large")
        self._large = [
            add(large, TITLES[name], wishes.see_large, str(number), f"See {TITLES[name]} alone", data=name)
            for number, name in enumerate(CARDS, start=1)
        ]
        add(large, "&All cards again", wishes.leave, "Escape", "See all cards of the layout")
        self.shown = menu.addMenu("&Cards and controls")
        self._shown: list[QAction] = []
        for name, text in (TITLES | CONTROL_TEXTS).items():
            if name == next(iter(CONTROL_TEXTS)):
                self.shown.addSeparator()
            told = f"Show or hide: {text.strip()}"
            self._shown.append(add(self.shown, text, wishes.toggle_hidden, (), told, checkable=True, data=name))
        self.shown.addSeparator()
        add(self.shown, "Show e&verything", wishes.show_all, "Ctrl+0", "Show all that is hidden")
        menu.addSeparator()
        heights = menu.addMenu("&Height")
        self._heights = QActionGroup(self)
        for name, text, told in HEIGHTS:
            self._heights.addAction(add(heights, text, wishes.see_height, (), told, checkable=True, data=name))
        self._axes = [
            add(
                menu,
                "Lo&garithmic loss",
                wishes.toggle_axis,
                "L",
                "The loss axis of the loss curve",
                checkable=True,
                data="loss_axis",
            ),
            add(
                menu,
                "Logarithmic s&teps",
                wishes.toggle_axis,
                "Shift+L",
                "The step axis of the loss curve",
                checkable=True,
                data="step_axis",
            ),
        ]
        against = menu.addMenu("Loss &against")
        self._costs = QActionGroup(self)
        for name, text, told in COST_TEXTS:
            self._costs.addAction(add(against, text, wishes.see_cost, (), told, checkable=True, data=name))
        against.addSeparator()
        add(against, "The &next of them", wishes.see_next_cost, "Shift+C", "Steps, samples, seconds, epochs, and on")
        self._future = add(
            menu,
            "Hide &what comes",
            wishes.toggle_future,
            "H",
            "No ★, no axis and no word that tells of later steps",
            checkable=True,
        )
        self._vectors = add(
            menu,
            "What the optimizer re&members",
            wishes.toggle_vectors,
            "V",
            "Slope, velocity or mean slope and their size at the selected ball, on the map",
            checkable=True,
        )
        camera = menu.addMenu("Ca&mera")
        for number, name in enumerate(PRESETS):
            reset: tuple[str, ...] = ("Ctrl+R",) if number == 0 else ()
            add(camera, name[:1].upper() + name[1:], wishes.see_from, reset, f"See the surface {name}", data=name)
        add(menu, "Com&pute where the map looks", self.recompute_asked.emit, "Ctrl+M", "Make it the surface's domain")
        add(menu, "See the whole &map", self.whole_map_asked.emit, "Ctrl+Shift+M", "After zooming and moving it")
        menu.addSeparator()
        themes = menu.addMenu("&Theme")
        self._themes = QActionGroup(self)
        for name in THEMES:
            text, told = THEME_TEXTS[name]
            self._themes.addAction(add(themes, text, self.theme_asked.emit, (), told, checkable=True, data=name))
        add(themes, "Light or dar&k", self.theme_toggled.emit, "Ctrl+T", "Change to the other one")
        add(menu, "Lar&ger text", self.zoom_asked.emit, ("Ctrl++", "Ctrl+="), "Draw everything larger", data=1)
        add(menu, "&Smaller text", self.zoom_asked.emit, "Ctrl+-", "Draw everything smaller", data=-1)
        add(menu, "&Full screen", self._full_screen, "F11", "The window alone on its screen")

    def _descent(self, menu: QMenu) -> None:
        add, wishes = self.actions.add, self.wishes
        add(menu, "&Add descent", self.session.add_run, "Ctrl+D", "A copy of the selected one at half its rate")
        add(menu, "D&uplicate descent", self.session.duplicate_run, "Ctrl+Shift+D", "A copy of the selected one")
        add(menu, "&Remove descent", wishes.remove_selected, "Ctrl+Delete", "Remove the selected descent")
        self._keep = add(
            menu, "&Keep the run before", self.session.keep_ghosts, "K", "Pin the faint path as a descent of its own"
        )
        menu.addSeparator()
        self._crowd = add(
            menu,
            f"{STARTS} ra&ndom starts",
            wishes.toggle_random_starts,
            "N",
            "Let the selected descent begin at random places too: where does it end?",
            checkable=True,
        )
        self._others = add(menu, "&Other random starts", wishes.draw_other_starts, "Shift+N", "Draw other places")
        menu.addSeparator()
        told = "Choose how the selected descent steps: all optimizers, to search"
        add(menu, "Op&timizer…", self.optimizer_asked.emit, "Ctrl+K", told)
        told = "Let the learning rate grow from step to step, and see which rates are of use"
        add(menu, "F&ind a learning rate…", self.rates_asked.emit, "Ctrl+Shift+K", told)
        add(menu, "Select the one be&fore", wishes.select, "Alt+Up", "Explain and edit another descent", data=-1)
        add(menu, "Select the one a&fter", wishes.select, "Alt+Down", "Explain and edit another descent", data=1)
        add(menu, "&Larger learning rate", wishes.scale_rate, "]", "A tenth more", data=1.1)
        add(menu, "S&maller learning rate", wishes.scale_rate, "[", "A tenth less", data=1.0 / 1.1)
        menu.addSeparator()
        self._held = {
            name: add(menu, text, wishes.hold, (), told, checkable=True, data=name)
            for name, text, told in (
                ("w", "Hold the &weight", "Let the bias alone move"),
                ("b", "Hold the &bias", "Let the weight alone move"),
            )
        }

    def _step(self, menu: QMenu) -> None:
        add, player = self.actions.add, self.player
        add(menu, "&Play or pause", player.toggle, "Space", "Play from the step that is seen")
        self.loop = add(menu, "P&lay in a loop", self._loop, "Ctrl+L", "Begin again at the end", checkable=True)
        add(menu, "One step &on", player.jump, "Right", "See the next step", data=1)
        add(menu, "One step &back", player.jump, "Left", "See the step before", data=-1)
        add(menu, "&Ten steps on", player.jump, ("Shift+Right", "PgDown"), "See ten steps on", data=10)
        add(menu, "Ten steps bac&k", player.jump, ("Shift+Left", "PgUp"), "See ten steps before", data=-10)
        add(menu, "To the &start", self.start_asked.emit, "Home", "See where all descents begin")
        add(menu, "To the &end", self.end_asked.emit, "End", "See the last step")
        menu.addSeparator()
        for name, text, key, told in PHASES:
            add(menu, text, player.see_phase, key, told, data=name)
        add(menu, "&Next part of the step", self.phase_asked.emit, ".", "Slope, rate, move, check, and on")

    # showing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_experiment(self) -> None:
        experiment = self.session.experiment
        view, free = experiment.view, experiment.descent.free
        chosen = ((self._layouts, view.layout), (self._heights, view.height), (self._costs, view.cost_axis))
        for group, value in chosen:
            for action in group.actions():
                action.setChecked(action.data() == value)
        for action in self._shown:
            action.setChecked(action.data() not in view.hidden)
        for action in self._axes:
            action.setChecked(getattr(view, action.data()) == "log")
        self._future.setChecked(view.hide_future)
        self._vectors.setChecked(view.step_vectors)
        starts = [experiment.settings(run).random_starts for run in experiment.runs[view.selected :][:1]]
        self._crowd.setChecked(any(starts))
        self._crowd.setEnabled(bool(starts))
        self._others.setEnabled(any(starts))
        for action in self._large:
            action.setEnabled(experiment.surface.fitted or action.data() not in ABOUT_DATA)
        for name, action in self._held.items():
            action.setChecked(free is not None and name not in free)
        self.loop.setChecked(self.player.loop)

    @Slot()
    def show_recent(self) -> None:
        """Offer the recent files, those that are no longer there in grey."""
        recent = self.document.settings.recent
        self.recent.clear()
        for path in recent:
            action = self.recent.addAction(Path(path).name, lambda path=path: self.files.open(path))
            action.setData(path)
            there = Path(path).exists()
            action.setEnabled(there)
            action.setToolTip(path if there else f"{path} is no longer there")
        self.recent.setToolTipsVisible(True)
        self.recent.addSeparator()
        self.recent.addAction("&Clear", self._forget_recent).setEnabled(bool(recent))

    def show_theme(self, name: str) -> None:
        """Show which theme is chosen."""
        for action in self._themes.actions():
            action.setChecked(action.data() == name)

    @Slot()
    def _forget_recent(self) -> None:
        self.document.settings.forget_recent()
        self.show_recent()

    @Slot()
    def _loop(self) -> None:
        self.player.loop = self.loop.isChecked()

    @Slot()
    def _full_screen(self) -> None:
        self.window.setWindowState(self.window.windowState() ^ Qt.WindowState.WindowFullScreen)
