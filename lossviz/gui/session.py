"""Session: the current experiment, what was computed for it, and the step that is seen. The only state that changes."""

from dataclasses import replace

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from lossviz.experiment import DescentSection, Experiment, ExperimentError, Run, ViewSection, check
from lossviz.gui.backend import Backend
from lossviz.jobs.messages import Cancelled, Done, Failed, Partial, Progress, Reply
from lossviz.scene.frame import Frame, frame_of_step
from lossviz.scene.scene import Scene

_LOOKS = ("azimuth", "elevation", "zoom", "selected")
"""Keys of [view] that need nothing computed."""


class Session(QObject):
    """Holds the state of the window, and swaps it whole.

    Signals: `experiment_changed` (panels show it anew), `scene_changed` (the computed picture is new), `frame_changed`
    (another step, camera or selection), `trouble` (one sentence for people; "" when it is over), `progress` (0..1 of
    long work; 1 when there is none).
    """

    experiment_changed = Signal()
    scene_changed = Signal()
    frame_changed = Signal()
    trouble = Signal(str)
    progress = Signal(float)

    def __init__(self, experiment: Experiment, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment
        self.scene: Scene | None = None
        self.step = 0.0
        self._backend = backend
        self._awaited = 0
        backend.replied.connect(self._replied)

    # what is seen -------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """What is seen now; None until the first scene is computed."""
        return frame_of_step(self.scene, self.step) if self.scene is not None else None

    @property
    def steps(self) -> int:
        """The last step there is to see."""
        return self.scene.steps if self.scene is not None else self.experiment.descent.steps

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return self._awaited != 0

    def see_step(self, step: float) -> None:
        """See another step."""
        step = min(max(float(step), 0.0), float(self.steps))
        if step != self.step:
            self.step = step
            self.frame_changed.emit()

    # what a person wants ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Compute the first scene."""
        self._awaited = self._backend.compute_scene(self.experiment)

    def edit(self, experiment: Experiment) -> None:
        """Swap the experiment; where its values make no sense say so, and leave everything as it was."""
        if experiment == self.experiment:
            return
        try:
            check(experiment)
        except ExperimentError as error:
            self.trouble.emit(str(error))
            self.experiment_changed.emit()
            return
        before, self.experiment = self.experiment, experiment
        if self._only_looks_changed(before, experiment) and self.scene is not None:
            if not self.busy:
                self.scene = replace(self.scene, experiment=experiment)
            if before.view.selected != experiment.view.selected:
                self.experiment_changed.emit()
            self.frame_changed.emit()
            return
        self._awaited = self._backend.compute_scene(experiment)
        self.experiment_changed.emit()

    def open(self, experiment: Experiment) -> None:
        """Swap the experiment for another one, and see its start."""
        self.step = 0.0
        self.edit(experiment)

    def edit_run(self, number: int, run: Run) -> None:
        """Swap one run."""
        runs = self.experiment.runs
        self.edit(msgspec.structs.replace(self.experiment, runs=(*runs[:number], run, *runs[number + 1 :])))

    def edit_descent(self, **changes: object) -> None:
        """Change keys of [descent]."""
        section: DescentSection = msgspec.structs.replace(self.experiment.descent, **changes)
        self.edit(msgspec.structs.replace(self.experiment, descent=section))

    def edit_view(self, **changes: object) -> None:
        """Change keys of [view]."""
        section: ViewSection = msgspec.structs.replace(self.experiment.view, **changes)
        self.edit(msgspec.structs.replace(self.experiment, view=section))

    def move_start(self, w: float, b: float) -> None:
        """Let the descents start elsewhere."""
        self.edit_descent(start=(w, b))

    def select(self, number: int) -> None:
        """Explain and edit another run."""
        if 0 <= number < len(self.experiment.runs):
            self.edit_view(selected=number)

    def add_run(self) -> None:
        """Add a run: a copy of the selected one at half its rate, so that it can be told apart at once."""
        runs = self.experiment.runs
        if runs:
            model = runs[min(self.experiment.view.selected, len(runs) - 1)]
            rate = float(model.rule().learning_rate) / 2.0
            added = msgspec.structs.replace(
                model, name="", shown=True, hyperparameters={**model.hyperparameters, "learning_rate": rate}
            )
        else:
            added = Run(optimizer="gradient_descent", hyperparameters={"learning_rate": 0.1})
        view = msgspec.structs.replace(self.experiment.view, selected=len(runs))
        self.edit(msgspec.structs.replace(self.experiment, runs=(*runs, added), view=view))

    def remove_run(self, number: int) -> None:
        """Remove a run; the selection stays on a run that is left."""
        runs = self.experiment.runs
        if not 0 <= number < len(runs):
            return
        selected = self.experiment.view.selected
        selected = max(0, min(selected - (selected > number), len(runs) - 2))
        view = msgspec.structs.replace(self.experiment.view, selected=selected)
        self.edit(msgspec.structs.replace(self.experiment, runs=(*runs[:number], *runs[number + 1 :]), view=view))

    # what the backend says ----------------------------------------------------------------------------------------

    @Slot(object)
    def _replied(self, reply: Reply) -> None:
        if reply.number != self._awaited:
            return
        match reply:
            case Progress(part=part):
                self.progress.emit(part)
            case Partial(result=scene):
                self._show(scene)
            case Done(result=scene):
                self._awaited = 0
                self.progress.emit(1.0)
                self.trouble.emit("")
                self._show(scene)
            case Failed(sentence=sentence):
                self._awaited = 0
                self.progress.emit(1.0)
                if self.scene is not None:
                    self.experiment = self.scene.experiment
                    self.experiment_changed.emit()
                self.trouble.emit(sentence)
            case Cancelled():
                self._awaited = 0

    def _show(self, scene: Scene) -> None:
        # the camera may have been turned, or another run selected, while it was computed
        if scene.experiment != self.experiment:
            scene = replace(scene, experiment=self.experiment)
        self.scene = scene
        self.step = min(self.step, float(scene.steps))
        self.scene_changed.emit()

    @staticmethod
    def _only_looks_changed(before: Experiment, after: Experiment) -> bool:
        looks = {name: getattr(after.view, name) for name in _LOOKS}
        view = msgspec.structs.replace(before.view, **looks)
        return bool(msgspec.structs.replace(before, view=view) == after)
