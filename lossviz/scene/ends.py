"""Ends: in which minimum a descent has ended, and in which the runs of its crowd, which begin at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectories
from lossviz.diagnosis.destination import Destination, destination
from lossviz.diagnosis.nature import ENDED, StationaryPoint, ended_in
from lossviz.landscape.domain import Domain
from lossviz.scene.frame import Frame
from lossviz.scene.scene import Descent

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ends:
    """In which points the runs of a crowd have ended, as far as they are seen.

    Parameters
    ----------
    counts : tuple of int
        How many runs ended in each of the points.
    away : int
        How many are off the map, or beyond all numbers.
    on_the_way : int
        How many have ended nowhere.
    """

    counts: tuple[int, ...]
    away: int
    on_the_way: int

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return sum(self.counts) + self.away + self.on_the_way


def destination_at(frame: Frame, descent: Descent) -> Destination | None:
    """Tell where a run has come to rest, if it has by the step that is seen, and that may be told.

    At rest it is as a run of a crowd: within a thousandth of the domain's width, and so was its last step.
    """
    t = descent.trajectory
    row = min(frame.row, t.steps)
    if not frame.stationary or row == 0 or row >= descent.finite or not t.evidence.moves[row - 1] <= ENDED:
        return None
    w, b = t.path[row].tolist()
    found = destination(frame.stationary, (w, b), frame.scene.surface.domain)
    return None if found.kind == "none" else found


def minimum_at(frame: Frame, descent: Descent) -> Destination | None:
    """Tell the same where it is a minimum: of saddles and maxima the verdict tells."""
    found = destination_at(frame, descent)
    return found if found is not None and found.point is not None and found.point.is_minimum else None


def ends(crowd: Trajectories, points: Sequence[StationaryPoint], row: int) -> Ends:
    """Tell where the runs have ended by a row.

    A run has ended in a minimum that is near and that it no longer leaves: its last step was as short. One that
    rolls through at speed hasn't.

    Parameters
    ----------
    crowd : Trajectories
    points : sequence of StationaryPoint
    row : int
    """
    row = min(row, len(crowd.path) - 1)
    here, domain = crowd.path[row], crowd.surface.domain
    with np.errstate(all="ignore"):
        inside = domain.contains(*here) & np.isfinite(crowd.losses[row])
        resting = inside & (crowd.evidence.moves[row - 1] <= ENDED) if row else np.zeros(len(crowd), dtype=bool)
    lanes = np.flatnonzero(resting)
    found = _nearest(points, here[:, lanes], domain)
    counts = np.bincount(found[found >= 0], minlength=len(points)) if len(points) else np.zeros(0, dtype=int)
    away = int(np.sum(~inside))
    return Ends(tuple(counts.tolist()), away, len(crowd) - away - int(np.sum(found >= 0)))


def crowd_text(frame: Frame, descent: Descent) -> str:
    """Tell where the runs from random starts have ended; "" where there are none.

    ``"Of 20 runs 9 ended in the global minimum, 7 in the local minimum, 4 nowhere yet."``
    """
    crowd = descent.crowd
    if crowd is None:
        return ""
    runs = f"{len(crowd)} runs" if len(crowd) > 1 else "1 run"
    if frame.scene.stationary is None:
        return f"{runs} from random starts; the minima are still being looked for."
    if frame.row == 0 or frame.scene.experiment.view.hide_future:
        return f"{runs} from random starts."
    if len(crowd.free) == 1:
        return f"{runs} from random starts; one parameter is held, so each has a lowest point of its own."
    return f"Of {runs} {', '.join(_told(frame, crowd))}."


def _told(frame: Frame, crowd: Trajectories) -> list[str]:
    points = frame.stationary
    found = ends(crowd, points, frame.row)
    minima = [point for point in points if point.is_minimum]
    lowest = sum(point.is_global for point in minima)
    best = sum(count for count, point in zip(found.counts, points, strict=True) if point.is_global)
    others = sum(found.counts) - best
    if len(minima) == 1:
        where = "the minimum"
    else:
        where = "the global minimum" if lowest == 1 else f"one of the {lowest} global minima"
    local = "the local minimum" if len(minima) - lowest == 1 else "a local minimum"
    told = [f"{best} ended in {where}"] if best else []
    told += [f"{others} {'' if best else 'ended '}in {local}"] if others else []
    last, left = frame.row >= len(crowd.path) - 1, found.on_the_way
    if left and (told or last):
        told.append(f"{left} {'' if told else 'ended '}nowhere{'' if last else ' yet'}")
    elif left:
        told.append(f"{left} {'is' if left == 1 else 'are'} on the way")
    told += [f"{found.away} {'is' if found.away == 1 else 'are'} off the map"] if found.away else []
    return told


def _nearest(points: Sequence[StationaryPoint], here: Array, domain: Domain) -> NDArray[np.intp]:
    """Give for places (2, n) the number of the minimum that each is in, −1 for none."""
    found = np.full(here.shape[1], -1, dtype=np.intp)
    plain = [i for i, point in enumerate(points) if point.is_minimum and not point.along]
    width = np.array(domain.width)[:, None, None]
    if plain and here.shape[1]:
        middles = np.array([points[i].position for i in plain]).T
        away = np.hypot(*((here[:, :, None] - middles[:, None, :]) / width))
        near = np.argmin(away, axis=1)
        reached = away[np.arange(len(near)), near] <= ENDED
        found[reached] = np.array(plain)[near[reached]]
    lines = [i for i, point in enumerate(points) if point.is_minimum and point.along]
    for lane in np.flatnonzero(found < 0) if lines else ():
        w, b = here[:, lane].tolist()
        end = ended_in([points[i] for i in lines], (w, b), domain)
        if end is not None:
            found[lane] = next(i for i in lines if points[i] is end)
    return found
