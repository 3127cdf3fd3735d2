"""What is happening: the selected run at the step that is seen, plainly, in numbers, or as formulas."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lossviz.diagnosis.evidence import Evidence
from lossviz.numerals import counted, fixed, listed, short, signed
from lossviz.rules.terms import RATE
from lossviz.scene.column_line import equation
from lossviz.scene.equations import Equation, equations, of_both
from lossviz.scene.frame import Frame
from lossviz.scene.given import clipping_text
from lossviz.scene.micro_steps import next_phase as next_phase
from lossviz.scene.micro_steps import step_meant
from lossviz.scene.plane import best_bias
from lossviz.scene.scene import Descent, Scene
from lossviz.scene.step_words import capital, ground, phase_told, so_far, to_try, told
from lossviz.scene.terms import WorkedStep, worked_step

LEVELS = ("plain", "numbers", "formula")
"""From the last row of the hall to the blackboard."""

EARLY = 3
"""Before this step a verdict says little."""

UNKNOWN = "…"
"""What a micro-step later than this one will tell."""

ENDS = {
    "converged": "Arrived.",
    "diverged": "Diverged.",
    "left": "Gone.",
    "saddle": "Not a minimum.",
    "maximum": "Not a minimum.",
    "plateau": "No slope.",
    "corner": "To and fro.",
    "noise_floor": "Jitters.",
    "no_minimum": "No end.",
    "oscillating": "To and fro.",
    "slow": "Not there yet.",
}


class Row(NamedTuple):
    """A line of the table: one text across, or two, of weight and bias; and the micro-step that it belongs to."""

    name: str
    values: tuple[str, ...]
    part: str = ""


@dataclass(frozen=True)
class Happening:
    """What a panel shows of the selected run.

    Parameters
    ----------
    title : str
    rows : tuple of Row
        At the level "numbers".
    event : str
        The name of what the step does, of the micro-step, or of how the run ended: "Overshoot.", "Slope.", "Arrived."
    sentence : str
        The same in words.
    advice : str
        What to try, or "".
    equations : tuple of Equation
        At the level "formula".
    phase : str
        The micro-step that is looked at, whose rows and equations are to be marked, or "".
    """

    title: str
    rows: tuple[Row, ...]
    event: str
    sentence: str
    advice: str = ""
    equations: tuple[Equation, ...] = ()
    phase: str = ""


def describe(frame: Frame, level: str = "numbers") -> Happening | None:
    """Describe the selected run at the frame's step; None where nothing is selected.

    Parameters
    ----------
    frame : Frame
    level : str
        One of LEVELS.
    """
    descent = frame.scene.selected
    if descent is None:
        return None
    t = descent.trajectory
    row, k = min(frame.row, t.steps), step_meant(frame)
    own = frame.scene.experiment.runs[descent.number].name
    title = f"Step {row} of the descent " + (f"“{own}”" if own else f"with {descent.label}")
    if row >= descent.finite and not frame.phase:
        verdict = t.verdict_at(row)
        loss = "not defined here" if descent.leaves else "beyond all numbers"
        rows = (Row("loss", (loss,)),) if level == "numbers" else ()
        advice = verdict.advice if level != "plain" else to_try(descent, row)
        return Happening(title, rows, "Gone.", so_far(descent, row), advice)
    worked = worked_step(t, k) if k < descent.finite else None
    if frame.phase and worked is not None:
        title = f"Step {k} → {k + 1} with {descent.label}"
    # where no step is meant, or it began beyond all numbers, its table shows the last row that has numbers
    begin = max(0, min(worked.k if worked is not None else row, descent.finite - 1))
    event, sentence, advice = _words(frame, descent, worked, row, level == "plain")
    return Happening(
        title,
        _rows(frame, descent, worked, begin) if level == "numbers" else (),
        event,
        sentence,
        advice,
        equations(frame.scene, descent, worked, begin) if level == "formula" else (),
        frame.phase,
    )


def _words(frame: Frame, descent: Descent, worked: WorkedStep | None, row: int, plain: bool) -> tuple[str, str, str]:
    """Give event, sentence and advice."""
    t, scene = descent.trajectory, frame.scene
    if frame.phase:
        return *phase_told(scene, descent, worked, frame.phase, row, plain), ""
    if row == t.steps:
        verdict = t.verdict
        if plain:
            return ENDS[verdict.outcome], so_far(descent, row), to_try(descent, row)
        return ENDS[verdict.outcome], capital(verdict.text.plain), verdict.advice
    best = None if frame.minimum is None else np.array(frame.minimum[:2])
    # what the next step does is not known before it is made
    made = scene.experiment.view.hide_future
    if made and row == 0:
        event, sentence = "At the start.", "No step has been made yet."
    else:
        k = row - 1 if made else row
        event, sentence = told(scene, descent, k, best, made, plain)
        if t.clipped[k]:
            how = "cut short" if plain else f"clipped {clipping_text(t, k)}"
            sentence += f" Its slope {'was' if made else 'is'} {how}."
    if not plain:
        return event, sentence, ""
    said = [ground(descent, row, scene.surface.domain), sentence]
    if t.evidence.arrivals[row]:
        said = [sentence]
    if row < EARLY:
        return event, " ".join(said), ""
    return (
        event,
        " ".join([*(said[::-1] if made else said), f"So far: {_small(so_far(descent, row))}"]),
        to_try(descent, row),
    )


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


# numbers --------------------------------------------------------------------------------------------------------------


def _rows(frame: Frame, descent: Descent, worked: WorkedStep | None, begin: int) -> tuple[Row, ...]:
    """Give the table of the step that begins at a row; of the row alone where none does."""
    t, scene = descent.trajectory, frame.scene
    w, b = (float(value) for value in t.path[begin])
    first, second = scene.symbols
    rows = [Row("", (f"weight {first}", f"{'bias' if scene.pair is None else 'weight'} {second}"))]
    rows.append(Row("at", (fixed(w), fixed(b))))
    # a run that stopped at its start made no step
    rate = float(t.learning_rates[min(begin, t.steps - 1)]) if t.steps else float(t.rule.learning_rate)
    # the limit is the same everywhere on a quadratic alone
    told_rate = _rate(t.evidence, begin, rate, "" if scene.surface.quadratic else " here")
    if worked is None:
        slope = t.gradients[begin]
        rows.append(Row("slope g", tuple(fixed(float(slope[i])) if i in t.free else "held" for i in (0, 1)), "slope"))
        rows.append(told_rate)
    else:
        rows += [*_given(descent, worked.k), *_terms(worked, told_rate)]
    if frame.phase:
        return (*rows, *_outcome(frame, descent, worked, begin))
    rows.append(_loss(scene, float(t.losses[begin])))
    if scene.pair is not None:
        rows.append(Row("best bias", (fixed(best_bias(scene.pair, w, b)),)))
    rows += _in_columns(frame, w, b)
    return tuple(rows)


def _given(descent: Descent, k: int) -> list[Row]:
    """Give of which batch the slope of a step is, and from what it was clipped, where that is so."""
    t, rows = descent.trajectory, list[Row]()
    if (seen := t.batch(k)) is not None:
        rows.append(Row("batch", (f"{counted(len(seen))} of {counted(t.surface.samples or 0)} samples",), "slope"))
    if clipped := clipping_text(t, k):
        rows.append(Row("clipped", (clipped,), "slope"))
    return rows


def _terms(worked: WorkedStep, told_rate: Row) -> list[Row]:
    """Give a row for each term, and that of the rate before the first term that uses it, or before the step."""
    rows: list[Row] = []
    for term in worked.terms:
        uses = term.formula and "η" in term.tree.symbols()
        if told_rate not in rows and (uses or term is worked.terms[-1]):
            rows.append(told_rate)
        write = signed if term is worked.terms[-1] else fixed
        if np.ndim(worked.values[term.symbol]) == 0:
            rows.append(Row(f"{term.name} {term.symbol}", (of_both(float(worked.values[term.symbol])),), term.part))
            continue
        values = tuple("held" if value is None else write(value) for value in worked.pair(term.symbol))
        rows.append(Row(f"{term.name} {term.symbol}", values, term.part))
    return rows


def _outcome(frame: Frame, descent: Descent, worked: WorkedStep | None, begin: int) -> list[Row]:
    """Give where a step lands and what that does to the loss, each from its micro-step on."""
    t, scene = descent.trajectory, frame.scene
    landed, checked = (UNKNOWN, UNKNOWN), UNKNOWN
    if worked is not None and frame.phase in ("move", "check"):
        w, b = (float(value) for value in t.path[worked.k + 1])
        landed = fixed(w), fixed(b)
    if worked is not None and frame.phase == "check":
        checked = fixed(float(t.losses[worked.k + 1]))
    loss = f"{fixed(float(t.losses[begin]))} → {checked} {scene.loss_unit}".rstrip()
    return [Row("lands at", landed, "move"), Row("loss", (loss,), "check")]


def _loss(scene: Scene, loss: float) -> Row:
    """Give the loss, and a mean square's root, which has the unit of the label."""
    text = f"{fixed(loss)} {scene.loss_unit}".rstrip()
    surface = scene.fit or scene.pair
    if surface is not None and surface.measure.name == "mse":
        text += f", RMSE {fixed(float(np.sqrt(loss)))} {surface.label_unit}".rstrip()
    return Row("loss", (text,))


def _rate(evidence: Evidence, k: int, rate: float, here: str) -> Row:
    limit = float(evidence.limits[k])
    text = short(rate)
    if np.isfinite(limit):
        share = rate / limit
        # two decimals: 1.03 must not read as 1
        part = fixed(share, 2) if 0.1 <= share < 10 else short(share, 2)
        text = listed((short(rate), f"{part} of the limit {short(limit)}{here}"))
    return Row("rate η", (text,), RATE)


def _in_columns(frame: Frame, w: float, b: float) -> list[Row]:
    """Give the line in the columns' own units, beside that of the smallest loss (of least squares)."""
    surface = frame.scene.fit
    # of two features it is too long for a line of the table: the coefficients tell it
    if surface is None or surface.data.feature_line is None or surface.data.label_line is None:
        return []
    rows = [Row("line", (equation(surface, w, b),))]
    if frame.best is not None:
        rows.append(
            Row(
                "least sq." if surface.measure.method == "least squares" else "best",
                (equation(surface, *frame.best[:2]),),
            )
        )
    return rows
