"""Search: the stationary points of the surface that is seen, looked for beside everything else."""

from dataclasses import replace

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.experiment import SurfaceSection
from lossviz.gui.backend import Backend
from lossviz.jobs.messages import Done, Failed, Partial, Progress, Reply
from lossviz.scene.scene import Scene


class Search:
    """Asks for the stationary points of a surface once, and gives them to every scene of it.

    Parameters
    ----------
    backend : Backend
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._surface: SurfaceSection | None = None
        self._points: tuple[StationaryPoint, ...] | None = None
        self._awaited = 0
        self.part = 0.0
        """How much of the search is done, 0..1."""
        self.trouble = ""
        """Why nothing could be found, in a sentence; "" where nothing is wrong."""

    @property
    def busy(self) -> bool:
        """Whether it goes on."""
        return self._awaited != 0

    def meet(self, scene: Scene) -> Scene:
        """Give a scene that was computed with what is found of its surface; where nothing is searched yet, begin."""
        surface = scene.experiment.surface
        if scene.stationary is not None:
            self._surface, self._points, self._awaited, self.trouble = surface, scene.stationary, 0, ""
        elif surface != self._surface:
            self._surface, self._points, self.part, self.trouble = surface, None, 0.0, ""
            self._awaited = self._backend.find_stationary(surface)
        return self.shown(scene)

    def shown(self, scene: Scene) -> Scene:
        """Give the scene that is seen with what is found by now."""
        points = self._points if scene.experiment.surface == self._surface else None
        return scene if scene.stationary is points else replace(scene, stationary=points)

    def take(self, reply: Reply) -> bool:
        """Take in a reply; tell whether it says something new of the search that goes on."""
        if not self._awaited or reply.number != self._awaited:
            return False
        match reply:
            case Progress(part=part):
                self.part = part
            case Partial(result=points):
                self._points = points
            case Done(result=points):
                self._points, self._awaited = points, 0
            case Failed(sentence=sentence):
                self.trouble, self._awaited = sentence, 0
            case _:
                return False
        return True
