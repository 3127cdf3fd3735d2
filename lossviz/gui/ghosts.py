"""Ghosts: the runs as they were before the last change, faint until the next one."""

from dataclasses import replace

import msgspec

from lossviz.experiment import Experiment, Run
from lossviz.scene.scene import Descent, Scene


class Ghosts:
    """Remembers the scene before a change, and gives the runs that the change took from the picture."""

    def __init__(self) -> None:
        self._before: Scene | None = None
        self._gesture: object | None = None
        self._origins: dict[Descent, Experiment] = {}
        """The experiment that each ghost comes from: of those that are seen, and that were before the change."""

    def changes(self, scene: Scene | None, gesture: object | None) -> None:
        """Something is about to change; within one drag, what stood before the drag is the ghost."""
        if gesture is not None and gesture is self._gesture:
            return
        self._gesture = gesture
        self._before = scene
        seen = scene.ghosts if scene is not None else ()
        self._origins = {ghost: origin for ghost, origin in self._origins.items() if ghost in seen}

    def forget(self) -> None:
        """Nothing before now is a ghost."""
        self._before, self._gesture, self._origins = None, None, {}

    def haunt(self, scene: Scene) -> Scene:
        """Give a scene with its ghosts: runs of the same surface whose path the change made another one."""
        before = self._before
        if before is None or before.surface is not scene.surface:
            return scene
        kept = {id(descent.trajectory) for descent in scene.descents}
        ghosts: tuple[Descent, ...] = ()
        # a run that was added or removed is no knob that was turned
        if len(before.descents) == len(scene.descents):
            ghosts = tuple(
                descent
                for descent, now in zip(before.descents, scene.descents, strict=True)
                if descent.shown and now.shown and id(descent.trajectory) not in kept
            )
        self._origins |= dict.fromkeys(ghosts, before.experiment)
        if not ghosts:
            # a change that touches no path leaves the ghosts of the one before
            ghosts = tuple(d for d in before.ghosts if id(d.trajectory) not in kept)
        return replace(scene, ghosts=ghosts)

    def as_runs(self, scene: Scene | None, now: Experiment) -> tuple[Run, ...]:
        """Give runs that make the ghosts' paths again, whatever all runs share by now."""
        ghosts = scene.ghosts if scene is not None else ()
        # of another experiment's picture, which stands until its own comes, nothing is kept
        return tuple(self._run(ghost, self._origins[ghost], now) for ghost in ghosts if ghost in self._origins)

    @staticmethod
    def _run(ghost: Descent, then: Experiment, now: Experiment) -> Run:
        run = then.runs[ghost.number]
        plain = msgspec.structs.replace(run, name="")
        old, new = then.settings(run), now.settings(plain)
        own = {
            name: getattr(old, name)
            for name in type(old).__struct_fields__
            if getattr(old, name) != getattr(new, name) and getattr(old, name) is not None
        }
        taken = {other.label for other in now.runs}
        kept = msgspec.structs.replace(plain, shown=True, **own)
        return kept if kept.label not in taken else msgspec.structs.replace(kept, name=f"{kept.label} before")
