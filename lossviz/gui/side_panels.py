"""The panels beside the views, made and connected to the session. They come right after the first picture."""

import msgspec
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from lossviz.gui.condition_edits import for_all, with_conditions, with_steps
from lossviz.gui.formula_edits import FormulaEdits
from lossviz.gui.history import Gesture
from lossviz.gui.panels.descents_panel import DescentsPanel
from lossviz.gui.panels.run_panel import RunPanel
from lossviz.gui.panels.surface_panel import SurfacePanel
from lossviz.gui.session import Session
from lossviz.scene.style import Style


class SidePanels(QObject):
    """Shows the session in all panels, and takes their wishes to it.

    Parameters
    ----------
    session : Session
    style : Style
    column : QVBoxLayout
        Where the panels about surface and descents go.
    """

    chosen = Signal(str)
    """A shipped experiment is asked for."""
    picker_asked = Signal()
    """A surface is to be chosen."""
    optimizer_asked = Signal()
    """An optimizer is to be chosen."""
    rates_asked = Signal()
    """A learning rate is to be looked for."""
    formula_taken = Signal(str)
    """A typed formula stays."""
    trouble = Signal(str)
    held = Signal(str)
    """A parameter is to be held, or let go."""
    crowd_toggled = Signal()
    """The selected descent is to begin at random places too, or no longer."""
    others_asked = Signal()
    """At other ones."""

    def __init__(self, session: Session, style: Style, column: QVBoxLayout, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.surface = SurfacePanel()
        self.descents = DescentsPanel(style)
        self.run = RunPanel(style)
        column.addWidget(self.surface)
        column.addWidget(self.descents, 1)
        column.addWidget(self.run)
        self._connect_surface()
        self.descents.selected.connect(session.select)
        self.descents.shown_toggled.connect(self._show_run)
        self.descents.removed.connect(session.remove_run)
        self.descents.added.connect(session.add_run)
        self.descents.duplicated.connect(session.duplicate_run)
        self.descents.kept.connect(session.keep_ghosts)
        self.descents.crowd.toggled.connect(self.crowd_toggled)
        self.descents.crowd.others_asked.connect(self.others_asked)
        self.run.picker_asked.connect(self.optimizer_asked)
        self.run.rates_asked.connect(self.rates_asked)
        self.run.run_edited.connect(session.edit_run)
        self.run.run_added.connect(session.append_run)
        self.run.start_edited.connect(session.move_start)
        self.run.steps_edited.connect(self._steps_edited)
        self.run.trouble.connect(self.trouble)
        self.run.held.connect(self.held)
        self.run.conditions_edited.connect(self._conditions_edited)
        self.run.conditions_shared.connect(self._conditions_shared)
        self.run.grasped.connect(session.grasp)
        self.run.released.connect(session.release)
        session.experiment_changed.connect(self.show_experiment)
        session.scene_changed.connect(self.show_scene)
        session.frame_changed.connect(self.show_frame)
        self.show_experiment()
        self.show_scene()

    def _connect_surface(self) -> None:
        surface, session = self.surface, self.session
        formulas = FormulaEdits(session, self)
        surface.chosen.connect(self.chosen)
        surface.picker_asked.connect(self.picker_asked)
        surface.edited.connect(session.edit_surface)
        surface.grasped.connect(session.grasp)
        surface.released.connect(session.release)
        surface.formula_begun.connect(formulas.begin)
        surface.formula_typed.connect(formulas.show)
        surface.formula_taken.connect(formulas.end)
        surface.formula_left.connect(formulas.give_up)
        surface.formula_taken.connect(self.formula_taken)

    @Slot()
    def show_experiment(self) -> None:
        """Show the experiment."""
        for panel in (self.surface, self.descents, self.run):
            panel.show_experiment(self.session.experiment)

    @Slot()
    def show_scene(self) -> None:
        """Show what was computed."""
        if self.session.scene is not None:
            self.surface.show_scene(self.session.scene)
            self.descents.show_scene(self.session.scene)
        self.show_frame()

    @Slot()
    def show_frame(self) -> None:
        """Show the step that is seen."""
        frame = self.session.frame
        if frame is not None:
            for panel in (self.surface, self.descents, self.run):
                panel.show_frame(frame)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.descents.restyle(style)
        self.run.restyle(style)
        self.show_experiment()
        self.show_scene()

    @Slot(int, bool)
    def _show_run(self, number: int, shown: bool) -> None:
        run = self.session.experiment.runs[number]
        self.session.edit_run(number, msgspec.structs.replace(run, shown=shown))

    @Slot(int)
    def _steps_edited(self, steps: int) -> None:
        selected = self.session.experiment.view.selected
        self.session.edit(with_steps(self.session.experiment, selected, steps))

    @Slot(int, object)
    def _conditions_edited(self, number: int, values: dict[str, object]) -> None:
        self.session.edit(with_conditions(self.session.experiment, number, values))

    @Slot(int, object, str)
    def _conditions_shared(self, number: int, keys: tuple[str, ...], about: str) -> None:
        self.session.grasp(Gesture(f"{about} for all descents"))
        self.session.edit(for_all(self.session.experiment, number, keys))
        self.session.release()
