"""Session: the current experiment, what was computed for it, and the step that is seen. The only state that changes."""

from dataclasses import replace
from time import perf_counter

import msgspec
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from lossviz.experiment import (
    CAMERA,
    DRAWN,
    DescentSection,
    DomainSection,
    Experiment,
    ExperimentError,
    Run,
    SurfaceSection,
    ViewSection,
    change_between,
    check,
    only_drawn,
    only_looks,
    with_looks_of,
)
from lossviz.gui.backend import Backend
from lossviz.gui.ghosts import Ghosts
from lossviz.gui.history import Edit, Gesture
from lossviz.gui.search import Search
from lossviz.jobs.messages import Cancelled, Done, Failed, Partial, Progress, Reply
from lossviz.landscape.domain import Domain
from lossviz.scene.frame import Frame, frame_of_step
from lossviz.scene.scene import Scene

WORTH_WAITING = 0.5
"""Seconds that a scene may be computed before a newer edit cancels it."""

REMEMBERED = 500
"""Edits that can be undone."""


class Session(QObject):
    """Holds the state of the window, and swaps it whole.

    Signals: `experiment_changed` (panels show it anew), `scene_changed` (the computed picture is new), `frame_changed`
    (another step, camera or selection), `trouble` (one sentence for people; "" when it is over), `progress` (0..1 of
    long work; 1 when there is none), `searched` (there is something new of the search for minima).
    """

    experiment_changed = Signal()
    scene_changed = Signal()
    frame_changed = Signal()
    trouble = Signal(str)
    progress = Signal(float)
    searched = Signal()

    def __init__(self, experiment: Experiment, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment
        self.scene: Scene | None = None
        self.step = 0.0
        self.phase = ""
        self.details = ""
        """What a report of the last trouble needs, beside its sentence."""
        self.history = QUndoStack(self)
        self.history.setUndoLimit(REMEMBERED)
        self._gesture: Gesture | None = None
        self._ghosts = Ghosts()
        self._backend = backend
        self.search = Search(backend)
        self._awaited = 0
        self._asked: Experiment | None = None
        self._asked_at = 0.0
        self._late = False
        """Whether there are edits since what is being computed was asked for."""
        self._refining = False
        """Whether what is being computed is the fine mesh of a draft that is seen already."""
        self._waits = False
        """Whether nothing is computed yet but what the first picture needs."""
        backend.replied.connect(self._replied)

    # what is seen -------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """What is seen now; None until the first scene is computed."""
        return frame_of_step(self.scene, self.step, self.phase) if self.scene is not None else None

    @property
    def steps(self) -> int:
        """The last step there is to see."""
        return self.scene.steps if self.scene is not None else self.experiment.descent.steps

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return self._awaited != 0

    def see_step(self, step: float, phase: str = "") -> None:
        """See another step, or one part of it."""
        step = min(max(float(step), 0.0), float(self.steps))
        if (step, phase) != (self.step, self.phase):
            self.step, self.phase = step, phase
            self.frame_changed.emit()

    # what a person wants ------------------------------------------------------------------------------------------

    def start(self, wait: bool = False) -> None:
        """Compute the first scene; its fine mesh and its minima may wait until it is painted, and one says `go_on`."""
        self._waits = wait
        self._ask(self.experiment)

    def go_on(self) -> None:
        """Compute what the first picture could do without."""
        if self._waits:
            self._waits = False
            if self.scene is not None and not self.busy:
                self._refine(self.scene)
                self.scene = self.search.meet(self.scene)

    def edit(self, experiment: Experiment) -> None:
        """Swap the experiment; where its values make no sense say so, and leave everything as it was."""
        if experiment == self.experiment:
            return
        try:
            check(experiment)
        except ExperimentError as error:
            self.say(str(error))
            self.experiment_changed.emit()
            return
        before = self.experiment
        if only_looks(before, experiment):
            self.swap(experiment)
        else:
            self.history.push(Edit(self, before, experiment, change_between(before, experiment), self._gesture))

    def swap(self, experiment: Experiment) -> None:
        """Show another experiment, computing what that needs; no edit is recorded."""
        before, self.experiment = self.experiment, experiment
        if only_drawn(before, experiment) and self.scene is not None:
            if not self.busy:
                self.scene = replace(self.scene, experiment=experiment)
            camera_alone = with_looks_of(experiment, before, CAMERA) == before
            if not camera_alone:
                self.experiment_changed.emit()
            self.frame_changed.emit()
            return
        self._ghosts.changes(self.scene, self._gesture)
        self._ask(experiment)
        self.experiment_changed.emit()

    def _ask(self, experiment: Experiment) -> None:
        """Have a scene computed; where one of the same surface is under way, when that has come.

        A hand moves faster than some runs are computed: each move would cancel the one before, and none would be seen.
        """
        same = self._asked is not None and self._asked.surface == experiment.surface
        if self.busy and same and not self._refining and perf_counter() - self._asked_at < WORTH_WAITING:
            self._late = True
            return
        self._asked, self._asked_at, self._late, self._refining = experiment, perf_counter(), False, False
        self._awaited = self._backend.compute_scene(experiment, draft=True)

    def _refine(self, scene: Scene) -> None:
        """Have the fine mesh of a draft made, now that no edit waits."""
        if scene.mesh is scene.coarse_mesh and not self._waits:
            self._late, self._refining = False, True
            self._awaited = self._backend.compute_scene(scene.experiment)

    def open(self, experiment: Experiment) -> None:
        """Begin anew with another experiment, and see its start; nothing before it can be undone."""
        self.step, self.phase = 0.0, ""
        self.history.clear()
        self._ghosts.forget()
        before, self.experiment = self.experiment, experiment
        if experiment == before and self.scene is not None:
            self.scene = replace(self.scene, ghosts=())
            self.experiment_changed.emit()
            self.scene_changed.emit()
            return
        self._asked = None
        self._ask(experiment)
        self.experiment_changed.emit()

    def grasp(self, gesture: Gesture | None = None) -> None:
        """Begin a drag, or go on with a gesture: its edits become one."""
        self._gesture = gesture or Gesture()

    def release(self) -> None:
        """End a drag."""
        self._gesture = None

    def say(self, sentence: str, details: str = "") -> None:
        """Tell people what is wrong; "" when it is over."""
        self.details = details
        self.trouble.emit(sentence)

    def edit_run(self, number: int, run: Run) -> None:
        """Swap one run."""
        runs = self.experiment.runs
        self.edit(msgspec.structs.replace(self.experiment, runs=(*runs[:number], run, *runs[number + 1 :])))

    def edit_surface(self, section: SurfaceSection) -> None:
        """Let the same descents go down another surface."""
        self.edit(msgspec.structs.replace(self.experiment, surface=section))

    @Slot(object)
    def look_at(self, domain: Domain) -> None:
        """Compute the surface over another rectangle."""
        section = DomainSection(w=domain.w, b=domain.b)
        self.edit_surface(msgspec.structs.replace(self.experiment.surface, domain=section))

    def edit_descent(self, **changes: object) -> None:
        """Change keys of [descent]."""
        section: DescentSection = msgspec.structs.replace(self.experiment.descent, **changes)
        self.edit(msgspec.structs.replace(self.experiment, descent=section))

    def edit_view(self, **changes: object) -> None:
        """Change keys of [view]."""
        section: ViewSection = msgspec.structs.replace(self.experiment.view, **changes)
        self.edit(msgspec.structs.replace(self.experiment, view=section))

    def move_start(self, w: float, b: float) -> None:
        """Let the descents start elsewhere; where the selected one has a start of its own, that one alone."""
        number = self.experiment.view.selected
        if number < len(self.experiment.runs) and self.experiment.runs[number].start is not None:
            self.edit_run(number, msgspec.structs.replace(self.experiment.runs[number], start=(w, b)))
        else:
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
        self._append((added,))

    def duplicate_run(self) -> None:
        """Add a copy of the selected run as it is, and select it."""
        runs, number = self.experiment.runs, self.experiment.view.selected
        if number < len(runs):
            copy = msgspec.structs.replace(runs[number], shown=True)
            if copy.name:
                copy = msgspec.structs.replace(copy, name=f"{copy.name.removesuffix(' copy')} copy")
            self.append_run(copy)

    @Slot(object)
    def append_run(self, run: Run) -> None:
        """Add a run as it is, and select it."""
        self._append((run,))

    def keep_ghosts(self) -> None:
        """Pin the runs as they were before the last change as descents of their own."""
        kept = self._ghosts.as_runs(self.scene, self.experiment)
        if kept:
            self._append(kept)

    def _append(self, added: tuple[Run, ...]) -> None:
        runs = (*self.experiment.runs, *added)
        view = msgspec.structs.replace(self.experiment.view, selected=len(runs) - 1)
        self.edit(msgspec.structs.replace(self.experiment, runs=runs, view=view))

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
        if self.search.take(reply):
            self._show_found()
        if reply.number != self._awaited:
            return
        match reply:
            case Progress(part=part):
                if not self._refining:
                    self.progress.emit(part)
            case Partial(result=scene):
                self._show(scene)
            case Done(result=scene) if self._late:
                self._awaited = 0
                # first, so that it is computed while this one is painted
                self._ask(self.experiment)
                if len(scene.descents) == len(self.experiment.runs):
                    self._show(scene)
            case Done(result=scene):
                self._awaited = 0
                self._refine(scene)
                self.progress.emit(1.0)
                self.say("")
                self._show(scene)
            case Failed() if self._late:
                # what failed is no longer what is wanted
                self._awaited = 0
                self._ask(self.experiment)
            case Failed(sentence=sentence, details=details):
                self._awaited = 0
                self.progress.emit(1.0)
                self._go_back()
                self.say(sentence, details)
            case Cancelled():
                self._awaited = 0

    def _show_found(self) -> None:
        """Show what the search for minima, saddles and maxima has found by now."""
        before = self.scene
        if before is not None:
            self.scene = self.search.shown(before)
        if self.scene is not before:
            self.scene_changed.emit()
        self.searched.emit()

    def _go_back(self) -> None:
        """Take back the edits that can't be computed: to the experiment whose picture stands."""
        if self.scene is None:
            return
        shown = self.scene.experiment
        while self.history.index() > 0 and not only_drawn(self.experiment, shown):
            command = self.history.command(self.history.index() - 1)
            assert isinstance(command, Edit)
            failed = command.after
            command.setObsolete(True)
            self.history.undo()
            if self.experiment == failed:
                break
        if not only_drawn(self.experiment, shown):
            self.experiment = shown
        self._awaited = 0
        self.experiment_changed.emit()

    def _show(self, scene: Scene) -> None:
        # the camera may have been turned, or another run selected, while it was computed; what newer edits changed
        # beside that comes with their own scene
        scene = replace(scene, experiment=with_looks_of(scene.experiment, self.experiment, DRAWN))
        scene = self._ghosts.haunt(scene)
        self.scene = scene if self._waits else self.search.meet(scene)
        self.step = min(self.step, float(scene.steps))
        self.scene_changed.emit()
