"""Furniture: what comes into the window right after its first picture: panels, menus, bar, the other cards."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from lossviz.gui import clipboard
from lossviz.gui.dialogs import Dialogs
from lossviz.gui.grids import Grids
from lossviz.gui.menus import Menus
from lossviz.gui.panels.card_frame import ViewCard
from lossviz.gui.panels.coefficients_panel import CoefficientsPanel
from lossviz.gui.panels.happening_panel import HappeningPanel
from lossviz.gui.panels.minima_panel import MinimaPanel
from lossviz.gui.panels.playback_bar import PlaybackBar
from lossviz.gui.settings import LEVELS, THEMES, ZOOMS
from lossviz.gui.side_panels import SidePanels
from lossviz.gui.surfaces_folder import show_surfaces_folder
from lossviz.scene.style import Style
from lossviz.views.slice_view import SliceView

if TYPE_CHECKING:
    from lossviz.gui.main_window import MainWindow


class Furniture(QObject):
    """Makes the rest of a window and connects it.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.window = window
        session, player, deck = window.session, window.player, window.deck
        self.panels = SidePanels(session, window.style_, window.column, self)
        self.slice = SliceView(window.style_)
        self.happening = HappeningPanel()
        self.coefficients = CoefficientsPanel()
        self.minima = MinimaPanel(window.style_)
        deck.add("slice", ViewCard(self.slice, window.style_, window.zoom))
        deck.add("happening", self.happening)
        deck.add("coefficients", self.coefficients)
        deck.add("minima", self.minima)
        self.menus = Menus(window, session, player, window.document, window.files)
        self.bar = PlaybackBar(window.style_)
        window.foot.addWidget(self.bar, 1)
        self.dialogs = Dialogs(window, self.menus.actions)
        self.grids = Grids(window.document, window.backend, self)
        self.happening.show_level(window.settings.text("level", LEVELS, "numbers"))
        window.player.calm = window.settings.switch("calm")
        self.menus.show_theme(window.settings.text("theme", THEMES, "system"))
        self._connect_panels()
        self._connect_menus()
        self._connect_bar()
        self._connect_views()
        session.experiment_changed.connect(self._show_experiment)
        session.scene_changed.connect(self.show_frame)
        session.frame_changed.connect(self.show_frame)
        session.searched.connect(self._show_minima)
        deck.arranged.connect(self.show_frame)
        self._show_experiment()
        self.show_frame()

    def _connect_panels(self) -> None:
        window = self.window
        self.panels.chosen.connect(window.files.open)
        self.panels.formula_taken.connect(self._keep_formula)
        self.panels.surface.field.show_history(window.settings.formulas)
        self.panels.trouble.connect(window.session.say)
        self.panels.held.connect(self.menus.wishes.hold)
        self.panels.crowd_toggled.connect(self.menus.wishes.toggle_random_starts)
        self.panels.others_asked.connect(self.menus.wishes.draw_other_starts)
        self.menus.wishes.told.connect(window.status.tell)
        self.minima.point_chosen.connect(self._pick)
        self.minima.copy_asked.connect(self._copy_minima)
        self.happening.level_asked.connect(self.choose_level)
        self.happening.phase_asked.connect(window.player.see_phase)

    def _connect_menus(self) -> None:
        menus, window = self.menus, self.window
        menus.start_asked.connect(window.to_start)
        menus.end_asked.connect(window.to_end)
        menus.phase_asked.connect(self._next_phase)
        menus.recompute_asked.connect(window.map.zoom.ask)
        menus.whole_map_asked.connect(window.map.zoom.see_whole)
        menus.theme_asked.connect(window.choose_theme)
        menus.theme_toggled.connect(window.toggle_theme)
        menus.zoom_asked.connect(self._zoom)
        menus.picker_asked.connect(self.dialogs.show_picker)
        self.panels.picker_asked.connect(self.dialogs.show_picker)
        menus.optimizer_asked.connect(self.dialogs.show_optimizers)
        self.panels.optimizer_asked.connect(self.dialogs.show_optimizers)
        menus.rates_asked.connect(self.dialogs.show_rates)
        self.panels.rates_asked.connect(self.dialogs.show_rates)
        self.dialogs.formula_asked.connect(self._type_formula)
        menus.folder_asked.connect(self._show_folder)
        menus.export_asked.connect(self.dialogs.show_export)
        menus.preferences_asked.connect(self.dialogs.show_preferences)
        menus.keys_asked.connect(self.dialogs.show_keys)
        menus.about_asked.connect(self.dialogs.show_about)
        menus.picture_asked.connect(self._copy_picture)
        menus.numbers_asked.connect(self._copy_numbers)
        self.coefficients.copy_asked.connect(self._copy_coefficients)
        menus.history_asked.connect(self.dialogs.show_history)
        window.document.table_found.connect(self.dialogs.show_table)
        window.document.opened.connect(self.dialogs.keep_choice)
        # what is being chosen is left before anything is asked about a grid
        window.document.grid_found.connect(self.dialogs.keep_choice)
        window.document.grid_found.connect(self.grids.open)
        self.grids.progress.connect(window.status.show_progress)

    def _connect_bar(self) -> None:
        bar, window = self.bar, self.window
        bar.toggled.connect(window.player.toggle)
        bar.jumped.connect(window.player.jump)
        bar.scrubbed.connect(window.player.see_step)
        bar.to_start.connect(window.to_start)
        bar.to_end.connect(window.to_end)
        bar.speed_chosen.connect(self._set_speed)
        window.player.playing_changed.connect(bar.show_playing)

    def _connect_views(self) -> None:
        window, session = self.window, self.window.session
        for card in window.cards:
            card.view.hovered.connect(window.status.show_readout)
        for view in (window.map, window.data):
            view.grasped.connect(session.grasp)
            view.released.connect(session.release)
        window.map.point_picked.connect(self._pick)
        window.map.point_cleared.connect(self.menus.wishes.clear_point)
        window.map.domain_asked.connect(session.look_at)
        window.data.line_drawn.connect(self._pick)
        window.loss.cost_asked.connect(self.menus.wishes.see_next_cost)

    # showing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_experiment(self) -> None:
        hidden = self.window.session.experiment.view.hidden
        parts: dict[str, QWidget] = {
            "loss surface": self.panels.surface,
            "descents": self.panels.descents,
            "selected": self.panels.run,
            "playback": self.bar,
            "status": self.window.status,
        }
        for name, part in parts.items():
            part.setVisible(name not in hidden)
        self.window.side.setVisible(not {"loss surface", "descents", "selected"} <= set(hidden))

    @Slot()
    def show_frame(self) -> None:
        """Show the step that is seen, in what is seen of it."""
        session, deck = self.window.session, self.window.deck
        self.bar.show_step(session.step, session.steps)
        frame = session.frame
        if frame is None:
            return
        if deck.shows("happening"):
            self.happening.show_frame(frame)
        if deck.shows("coefficients"):
            self.coefficients.show_frame(frame)
        self._show_minima()

    @Slot()
    def _show_minima(self) -> None:
        session = self.window.session
        if session.frame is not None and self.window.deck.shows("minima"):
            self.minima.show_frame(session.frame, session.search)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.bar.restyle(style)
        self.panels.restyle(style)
        self.minima.restyle(style)
        self.dialogs.restyle(style)
        self.menus.show_theme(self.window.settings.text("theme", THEMES, "system"))
        self.show_frame()

    def close(self) -> None:
        """End what goes on beside the window."""
        self.dialogs.close()

    # wishes -------------------------------------------------------------------------------------------------------

    @Slot(float, float)
    def _pick(self, w: float, b: float) -> None:
        self.window.session.edit_view(point=(w, b))

    @Slot()
    def _type_formula(self) -> None:
        """Let a formula be typed, where the panel for it is hidden too."""
        session = self.window.session
        hidden = session.experiment.view.hidden
        session.edit_view(hidden=tuple(name for name in hidden if name not in ("loss surface", "formula")))
        self.window.activateWindow()
        self.panels.surface.type_formula()

    @Slot()
    def _show_folder(self) -> None:
        sentence = show_surfaces_folder()
        if sentence:
            self.window.session.say(sentence)

    @Slot(str)
    def _keep_formula(self, text: str) -> None:
        settings = self.window.settings
        settings.keep_formula(text)
        self.panels.surface.field.show_history(settings.formulas)

    @Slot(float)
    def _set_speed(self, speed: float) -> None:
        self.window.player.speed = speed

    @Slot(str)
    def choose_level(self, level: str) -> None:
        """Explain in plain words, numbers or formulas."""
        self.window.settings.keep("level", level)
        self.happening.show_level(level)
        self.show_frame()

    @Slot()
    def _next_phase(self) -> None:
        from lossviz.scene.happening import next_phase

        self.window.player.see_phase(next_phase(self.window.session.phase))

    def _zoom(self, change: object) -> None:
        near = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - self.window.zoom))
        if isinstance(change, int):
            self.window.choose_zoom(ZOOMS[min(max(near + change, 0), len(ZOOMS) - 1)])

    @Slot()
    def _copy_picture(self) -> None:
        large = self.window.session.experiment.view.large
        clipboard.copy_picture(self.window.deck.cards[large] if large else self.window.deck.table)

    @Slot()
    def _copy_numbers(self) -> None:
        """Copy the numbers that are meant: those of the card that is large or has the keys, else of all descents."""
        frame, status = self.window.session.frame, self.window.status
        focus = QApplication.focusWidget()
        tables: tuple[tuple[str, CoefficientsPanel | MinimaPanel, Callable[[], None]], ...] = (
            ("coefficients", self.coefficients, self._copy_coefficients),
            ("minima", self.minima, self._copy_minima),
        )
        for name, panel, copy in tables:
            large = self.window.session.experiment.view.large == name
            meant = large or (focus is not None and panel.isAncestorOf(focus))
            if meant and panel.copy_text():
                copy()
                return
        if frame is not None:
            clipboard.copy_numbers(frame)
            status.tell(f"The numbers of the descents at step {frame.row} are copied")

    @Slot()
    def _copy_coefficients(self) -> None:
        clipboard.copy_table(self.coefficients.copy_text())
        self.window.status.tell("The table of coefficients is copied")

    @Slot()
    def _copy_minima(self) -> None:
        clipboard.copy_table(self.minima.copy_text())
        self.window.status.tell("The table of minima is copied")
