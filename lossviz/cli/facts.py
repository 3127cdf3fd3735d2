"""All numbers of a scene as plain data, and the rows of its descents."""

import csv
import io
import math
from pathlib import Path
from typing import Any

import numpy as np

from lossviz.experiment import CONDITIONS, DescentSection, Experiment, write_whole
from lossviz.scene.ends import crowd_text, destination_at
from lossviz.scene.frame import frame_of_step
from lossviz.scene.scene import Descent, Scene

COLUMNS = (
    *("run", "step", "w", "b", "loss", "dloss_dw", "dloss_db"),
    *("seconds", "epochs", "samples_seen", "learning_rate", "clipped"),
)
"""Of the rows of all runs."""


def facts_of(scene: Scene) -> dict[str, Any]:
    """Give all numbers of a scene as plain data; what is not finite becomes null, as JSON has no NaN."""
    surface, fit = scene.surface, scene.fit

    def point(w: float, b: float, loss: float) -> dict[str, float] | None:
        values = {"w": float(w), "b": float(b), "loss": float(loss)}
        return values if all(math.isfinite(v) for v in values.values()) else None

    def original(w: float, b: float) -> dict[str, float] | None:
        if fit is None:
            return None
        slope, intercept = fit.data.in_columns(float(w), float(b))
        return {"slope": slope, "intercept": intercept} if math.isfinite(slope) and math.isfinite(intercept) else None

    last = frame_of_step(scene, float(scene.steps))

    def ended(descent: Descent) -> dict[str, Any] | None:
        """Tell in which minimum a run has ended."""
        end = destination_at(last, descent)
        if end is None or end.point is None:
            return None
        above = end.above_best if math.isfinite(end.above_best) else None
        return {
            "kind": end.kind,
            "text": end.text,
            "at": point(*end.point.position, end.point.loss),
            "above_best": above,
        }

    minimum = scene.minimum
    runs = []
    for descent in scene.descents:
        t = descent.trajectory
        verdict = t.verdict
        runs.append(
            {
                "label": descent.label,
                "optimizer": descent.optimizer,
                "convention": t.rule.convention,
                "hyperparameters": {k: float(v) for k, v in t.rule.values.items()},
                "conditions": _conditions(scene.experiment, descent.number),
                "steps": t.steps,
                "epochs": float(t.epochs[-1]),
                "samples_seen": int(t.samples_seen[-1]),
                "seconds": float(t.seconds[-1]),
                "learning_rates": {"first": float(t.learning_rates[0]), "last": float(t.learning_rates[-1])}
                if t.steps
                else None,
                "clipped": len(t.clips),
                "end": point(t.path[-1, 0], t.path[-1, 1], t.losses[-1]),
                "original_units": original(t.path[-1, 0], t.path[-1, 1]),
                "outcome": verdict.outcome,
                "destination": ended(descent),
                "cause": verdict.cause,
                "advice": verdict.advice,
                "random_starts": crowd_text(last, descent) or None,
                "verdict": verdict.text.plain,
                "numbers": verdict.text.numbers,
                "formula": verdict.text.formula,
                "overshoots": len(t.overshoots),
                "zigzags": len(t.zigzags),
                "uphill": len(t.uphill),
            }
        )
    return {
        "title": scene.experiment.title,
        "surface": {
            "loss": surface.title,
            "formula": surface.formula,
            "model": f"a {fit.model.title}" if fit else None,
            "samples": surface.samples,
            "feature": fit.data.feature if fit else None,
            "label": fit.data.label if fit else None,
        },
        "minimum": (point(*minimum) or {}) | {"original_units": original(*minimum[:2])} if minimum else None,
        "runs": runs,
    }


def _conditions(experiment: Experiment, number: int) -> dict[str, Any]:
    """Give the conditions of a run that are not as usual, by their keys in a file."""
    settings, usual = experiment.settings(experiment.runs[number]), DescentSection(start=(0.0, 0.0))
    return {name: given for name in CONDITIONS if (given := getattr(settings, name)) != getattr(usual, name)}


def write_rows(scene: Scene, path: Path) -> None:
    """Write one line a row of a run.

    The learning rate is that of the step that led to the row, at the start that of the first; `clipped` is how many
    steps were so far. So no field is empty, and the file can be read as data.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for descent in scene.descents:
        t = descent.trajectory
        rates = np.concatenate([t.learning_rates[:1] if t.steps else [t.rule.learning_rate], t.learning_rates])
        clipped = np.concatenate([[0], np.cumsum(t.clipped)])
        for k in range(t.steps + 1):
            numbers = (*t.path[k], t.losses[k], *t.gradients[k], t.seconds[k], t.epochs[k])
            texts = (repr(float(number)) for number in numbers)
            writer.writerow((descent.label, k, *texts, int(t.samples_seen[k]), repr(float(rates[k])), int(clipped[k])))
    write_whole(path, stream.getvalue())
