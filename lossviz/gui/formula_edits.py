"""Formula edits: what is typed becomes the surface letter by letter, and all of it one edit."""

import msgspec
from PySide6.QtCore import QObject, Slot

from lossviz.experiment import Experiment, ExperimentError, SurfaceSection, titles
from lossviz.experiment.from_surface import on_surface
from lossviz.gui.history import Gesture
from lossviz.gui.session import Session
from lossviz.landscape.work import completed

TITLE = "A formula of one's own"


class FormulaEdits(QObject):
    """Takes what is typed to the session; nothing is an edit until something is typed.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._before: Experiment | None = None
        self._gesture = Gesture()

    @Slot()
    def begin(self) -> None:
        """Remember what is shown: a person begins to type."""
        self._before, self._gesture = self._session.experiment, Gesture("formula")

    @Slot(object)
    def show(self, section: SurfaceSection) -> None:
        """Show a formula that can be computed; the edit goes on."""
        if self._before is None:
            self.begin()
        assert self._before is not None
        now = self._session.experiment
        if self._before.surface.source in ("formula", "function"):
            # what a shipped experiment is called is not what this one is
            title = TITLE if now.title in titles().values() else now.title
            self._edit(msgspec.structs.replace(now, surface=section, title=title))
            return
        # a start among data may lie anywhere on another surface
        try:
            self._edit(on_surface(self._before, completed(section.building()), section))
        except ExperimentError as error:
            self._session.say(str(error))

    @Slot()
    def end(self) -> None:
        """Let what is shown stay, as one edit."""
        self._before = None

    @Slot()
    def give_up(self) -> None:
        """Bring back what was shown before."""
        if self._before is not None:
            self._edit(self._before)
        self._before = None

    def _edit(self, experiment: Experiment) -> None:
        self._session.grasp(self._gesture)
        self._session.edit(experiment)
        self._session.release()
