"""Wishes: what menus and keys ask of the session, each in a few words."""

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from lossviz.experiment import CARDS, COSTS, ViewSection
from lossviz.gui.session import Session
from lossviz.landscape.randomness import LARGEST_SEED
from lossviz.scene.camera import PRESETS

PARAMETERS = {"w": "weight", "b": "bias"}
STARTS = 20
"""Random starts of a descent, where no file says another number."""


class Wishes(QObject):
    """Turns what a person asks for into edits of the session."""

    told = Signal(str)
    """What a wish has brought with it that wasn't asked for, in one sentence."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session

    @property
    def _view(self) -> ViewSection:
        return self.session.experiment.view

    def select(self, change: object) -> None:
        """Select the descent that many places on."""
        if isinstance(change, int):
            self.session.select(self._view.selected + change)

    @Slot()
    def remove_selected(self) -> None:
        """Remove the selected descent."""
        self.session.remove_run(self._view.selected)

    def scale_rate(self, factor: object) -> None:
        """Multiply the selected descent's learning rate."""
        number = self._view.selected
        if isinstance(factor, float) and number < len(self.session.experiment.runs):
            run = self.session.experiment.runs[number]
            rate = float(f"{float(run.rule().learning_rate) * factor:.3g}")
            changed = {**run.hyperparameters, "learning_rate": rate}
            self.session.edit_run(number, msgspec.structs.replace(run, hyperparameters=changed))

    def see_height(self, kind: object) -> None:
        """Take another height axis."""
        self.session.edit_view(height=kind)

    def see_layout(self, layout: object) -> None:
        """Take another layout, and all of its cards."""
        self.session.edit_view(layout=layout, large="")

    def see_large(self, card: object) -> None:
        """See a card alone; once more, or "": all of them again."""
        self.session.edit_view(large="" if card == self._view.large else card)

    def toggle_hidden(self, name: object) -> None:
        """Hide a card or a control, or show it again."""
        hidden = self._view.hidden
        if name in hidden:
            self.session.edit_view(hidden=tuple(other for other in hidden if other != name))
        elif isinstance(name, str):
            large = "" if name == self._view.large else self._view.large
            self.session.edit_view(hidden=(*hidden, name), large=large)

    @Slot()
    def show_all(self) -> None:
        """Show everything that is hidden."""
        self.session.edit_view(hidden=(), large="")

    def toggle_axis(self, axis: object) -> None:
        """Make an axis of the loss curve logarithmic, or linear again."""
        if isinstance(axis, str):
            self.session.edit_view(**{axis: "linear" if getattr(self._view, axis) == "log" else "log"})

    def see_cost(self, kind: object) -> None:
        """Draw the loss curve against something else."""
        self.session.edit_view(cost_axis=kind)

    @Slot()
    def see_next_cost(self) -> None:
        """Draw the loss curve against the next of what it can be drawn against."""
        self.see_cost(COSTS[(COSTS.index(self._view.cost_axis) + 1) % len(COSTS)])

    @Slot()
    def toggle_future(self) -> None:
        """Keep back what comes, or tell it."""
        self.session.edit_view(hide_future=not self._view.hide_future)

    @Slot()
    def toggle_vectors(self) -> None:
        """Show on the map what the selected run's optimizer remembers, or no longer."""
        self.session.edit_view(step_vectors=not self._view.step_vectors)

    def hold(self, parameter: object) -> None:
        """Hold a parameter at its start, or let it go; one of the two always moves."""
        free = set(self.session.experiment.descent.free or PARAMETERS)
        swapped = free == {parameter}
        if parameter in free:
            free = set(PARAMETERS) - {parameter}
        else:
            free.add(str(parameter))
        self.session.edit_descent(free=None if len(free) == 2 else tuple(free))
        if swapped:
            other = PARAMETERS[free.pop()]
            self.told.emit(f"The {other} moves again, as one of the two must; Ctrl+Z brings back what was.")

    @Slot()
    def toggle_random_starts(self) -> None:
        """Let the selected descent begin at random places too, or no longer."""
        number, experiment = self._view.selected, self.session.experiment
        if number < len(experiment.runs):
            run = experiment.runs[number]
            shared = experiment.descent.random_starts
            on = experiment.settings(run).random_starts > 0
            wanted = 0 if on else shared or STARTS
            self.session.edit_run(
                number, msgspec.structs.replace(run, random_starts=None if wanted == shared else wanted)
            )

    @Slot()
    def draw_other_starts(self) -> None:
        """Let the selected descent begin at other random places."""
        number, experiment = self._view.selected, self.session.experiment
        if number < len(experiment.runs) and experiment.settings(experiment.runs[number]).random_starts:
            run = experiment.runs[number]
            seed = (experiment.settings(run).random_seed + 1) % (LARGEST_SEED + 1)
            self.session.edit_run(number, msgspec.structs.replace(run, random_seed=seed))

    def see_from(self, preset: object) -> None:
        """Look at the surface from one of the known places."""
        azimuth, elevation, zoom = PRESETS[str(preset)]
        self.session.edit_view(azimuth=azimuth, elevation=elevation, zoom=zoom, pan_x=0.0, pan_y=0.0)

    @Slot()
    def clear_point(self) -> None:
        """Forget the picked point."""
        self.session.edit_view(point=None)

    @Slot()
    def leave(self) -> None:
        """See all cards again, else forget the picked point: what Escape means."""
        if self._view.large in CARDS:
            self.session.edit_view(large="")
        elif self._view.point is not None:
            self.clear_point()
