"""Step words: what one step of a run does, and what each of its micro-steps shows, in plain words."""

import math
import re

import numpy as np

from lossviz.diagnosis.wording import times
from lossviz.landscape.domain import Domain
from lossviz.numerals import fixed, listed, short, signed
from lossviz.scene.given import clipping_text, slope_name
from lossviz.scene.scene import Descent, Scene
from lossviz.scene.terms import WorkedStep

LITTLE = 0.2
"""A step that takes less than this part of the loss that is left to lose lands "a little" lower."""

_COMPASS = (
    "to the right",
    "to the upper right",
    "toward the top",
    "to the upper left",
    "to the left",
    "to the lower left",
    "toward the bottom",
    "to the lower right",
)


def way(dw: float, db: float, domain: Domain) -> str:
    """Name a direction as it is seen on the map; "" where it has none."""
    across, up = dw / domain.width[0], db / domain.width[1]
    if not (math.isfinite(across) and math.isfinite(up)) or (across == 0.0 and up == 0.0):
        return ""
    return _COMPASS[round(math.atan2(up, across) / (math.pi / 4.0)) % 8]


def told(scene: Scene, descent: Descent, k: int, best: np.ndarray | None, made: bool, plain: bool) -> tuple[str, str]:
    """Name the step from row k to the next, and say what it does.

    Parameters
    ----------
    best : array (2,), optional
        The minimum, where it is known and may be told.
    made : bool
        Whether the step lies behind: then it is told in the past.
    plain : bool
        Without numbers.
    """
    t = descent.trajectory
    happened = t.evidence.events
    over, zig, up = bool(happened.overshoots[k]), bool(happened.zigzags[k]), bool(happened.uphill[k])
    limit = float(t.evidence.limits[k])
    share = float(t.learning_rates[k]) / limit if np.isfinite(limit) else np.nan
    who = "The last step" if made else "The step"
    if k + 1 >= descent.finite:
        led = f"{who} {'led' if made else 'leads'}"
        if descent.leaves:
            return "Off the surface.", f"{led} to where the loss is not defined."
        return "Gone.", f"{led} beyond all numbers."
    if t.evidence.arrivals[k]:
        # at a corner it is not
        zero = "The slope is zero here" if scene.surface.smooth else "There is nothing lower around"
        return "At the bottom.", f"{zero}, to the precision that counts."
    was = "was" if made else "is"
    if over:
        hop = "hopped over the valley floor and landed" if made else "hops over the valley floor and lands"
        if plain:
            hop = f"{was} {'too long' if up else 'long'}: it {hop}"
        if up:
            end = ": the rate is too large." if share > 1 and not plain else "."
            return "Overshoot, uphill.", f"{who} {hop} higher on the other side{end}"
        end = ": the rate is nearly too large." if share > 0.9 and not plain else "."
        return "Overshoot.", f"{who} {hop} on the other side, {_lower(descent, k)}{end}"
    if up:
        ends = "ended higher than it began" if made else "ends higher than it began"
        return "Uphill.", f"{who} {ends}: {why_uphill(descent, k, made)}."
    if np.array_equal(t.path[k], t.path[k + 1]):
        return "No step.", f"{who} {'left' if made else 'leaves'} everything as it {was}."
    if zig:
        ends, changes = ("ended", "changed") if made else ("ends", "changes")
        across = f"the slope across the valley {changes} its sign"
        return "Zig-zag.", f"{who} {ends} lower without an overshoot, yet {across}."
    goes = "went" if made else "goes"
    if best is not None:
        width = np.array(scene.surface.domain.width)
        with np.errstate(over="ignore"):
            left = float(np.hypot(*((best - t.path[k]) / width)))
        steps = left / max(1e-300, float(t.evidence.moves[k]))
        if 10.0 < steps < 1e6:
            if plain:
                return "Downhill, slowly.", f"{who} {was} short: the way to ★ is many times as long."
            return (
                "Downhill, slowly.",
                f"{who} {goes} down the slope, but the way to ★ is {times(round(steps))} as long.",
            )
    return "Downhill.", f"{who} {goes} down the slope and {'stayed' if made else 'stays'} on this side of the valley."


def why_uphill(descent: Descent, k: int, made: bool) -> str:
    """Say why a step that is no overshoot ends higher than it began."""
    t = descent.trajectory
    free = list(t.free)
    moved = (t.path[k + 1] - t.path[k])[free]
    with np.errstate(all="ignore"):
        along, seen = float(t.gradients[k, free] @ moved), float(t.slopes[k, free] @ moved)
    if along < 0.0:
        return "it was too long for this ground" if made else "it is too long for this ground"
    if seen < 0.0 and t.batch(k) is not None:
        return "its batch points elsewhere than all samples together"
    if t.rule.seeks_level:
        return "Newton's step leads to any place without a slope, uphill too"
    if any(term.carries for term in t.rule.terms):
        return f"what the rule remembers {'carried' if made else 'carries'} it on, against the slope"
    cause = "weight decay" if np.any(t.rule.values.get("weight_decay", 0.0)) else "the rule itself"
    return f"{cause} {'drew' if made else 'draws'} it there, against the slope"


def _lower(descent: Descent, k: int) -> str:
    losses, evidence = descent.trajectory.losses, descent.trajectory.evidence
    left = float(evidence.decrement[k])
    if not (math.isfinite(left) and left > 0.0):
        left = float(losses[k])
    return "a little lower" if losses[k] - losses[k + 1] < LITTLE * left else "lower"


def ground(descent: Descent, row: int, domain: Domain) -> str:
    """Say where the ground falls at a row."""
    t = descent.trajectory
    down = np.zeros(2)
    down[list(t.free)] = -t.gradients[row, list(t.free)]
    seen = way(float(down[0]), float(down[1]), domain)
    if not seen or t.evidence.arrivals[row]:
        return "The ground is level here."
    return f"On the map the ground falls {seen}."


def so_far(descent: Descent, row: int) -> str:
    """Say how the run went up to a row, with no number but a step's."""
    verdict = descent.trajectory.verdict_at(row)
    if verdict.outcome == "converged":
        arrived = int(np.argmax(descent.trajectory.evidence.arrivals[: row + 1]))
        return f"It arrived at the bottom at step {arrived}." if arrived else "It began at the bottom."
    return capital(verdict.text.plain.removeprefix("gone: "))


def to_try(descent: Descent, row: int) -> str:
    """Say what to try, without numbers; "" where nothing is wrong, or it is too early to know."""
    t = descent.trajectory
    verdict = t.verdict_at(row)
    if verdict.cause == "rate too large":
        return "Try a smaller rate."
    if verdict.cause == "rate too small":
        return "Try a larger rate."
    # more steps, or another feature, are for a run that has ended
    return verdict.advice if row >= t.steps else ""


def capital(text: str) -> str:
    """Make a sentence of words."""
    return f"{text[:1].upper()}{text[1:]}."


# micro-steps ----------------------------------------------------------------------------------------------------------


def phase_told(
    scene: Scene, descent: Descent, worked: WorkedStep | None, phase: str, row: int, plain: bool
) -> tuple[str, str]:
    """Name a micro-step, and say in one sentence what it shows.

    Parameters
    ----------
    worked : WorkedStep, optional
        The step that is meant; None where there is none: the run has ended, or not begun.
    row : int
        Where the ball is.
    plain : bool
        Without numbers.
    """
    if worked is None:
        name = {"slope": "Slope.", "rate": "× rate.", "move": "Move.", "check": "Check."}[phase]
        if row >= descent.finite:
            return name, f"This descent is {descent.beyond}."
        begun = row > 0 or not descent.trajectory.steps
        return name, "This descent has ended." if begun else "No step has been made yet."
    say = {"slope": _slope, "rate": _rate, "move": _move, "check": _check}[phase]
    return say(scene, descent, worked, plain)


def _slope(scene: Scene, descent: Descent, worked: WorkedStep, plain: bool) -> tuple[str, str]:
    t = descent.trajectory
    slope, name = t.slopes[worked.k], slope_name(t, worked.k)
    down = np.where([0 in worked.free, 1 in worked.free], -slope, 0.0)
    seen = way(float(down[0]), float(down[1]), scene.surface.domain)
    downhill = f"on the map, downhill is {seen}" if seen else "the ground is level"
    clipped = clipping_text(t, worked.k)
    if plain:
        cut = " It is cut short." if clipped else ""
        return "Slope.", f"The {name} at the ball says: {downhill}.{cut}"
    cut = f" It was clipped {clipped}." if clipped else ""
    return "Slope.", f"The {name} at the ball is {_along(worked, slope, fixed)}: {downhill}.{cut}"


_PRODUCT = re.compile(r"−(?P<rate>η′?)·(?P<of>[^ ()+]+?)(?P<decay> − η·λ·θ)?")
"""A last line that multiplies something with a rate, perhaps beside weight decay."""


def _rate(scene: Scene, descent: Descent, worked: WorkedStep, plain: bool) -> tuple[str, str]:
    step = "that is the step" if plain else f"the step is {_along(worked, worked.step, signed)}"
    last, rule = worked.terms[-1], descent.trajectory.rule
    rate = "the rate" if plain else f"rate {short(worked.rate)}"
    if not rule.per_parameter:
        by_itself = "the length" if "g" in last.tree.symbols() else "the way and the length"
        part = f", × {rate}" if "η" in last.tree.symbols() and worked.rate != 1.0 else ""
        return "× length.", f"The rule has chosen {by_itself} by itself{part}: {step}."
    product = _PRODUCT.fullmatch(last.formula)
    if product is None:
        if any(term.symbol.startswith("δ") for term in worked.terms):
            return "× rate.", f"Each parameter has a step length of its own: {step}."
        return "× rate.", f"The rate is in what was worked out before: {step}."
    decay = ", and weight decay" if product["decay"] else ""
    if product["rate"] == "η′" and np.any(worked.values["η′"] != worked.rate):
        return "× rate.", f"Each parameter has its own rate{decay}: {step}."
    taken = " × ".join(
        term.name for symbol in product["of"].split("·") for term in worked.terms if term.symbol == symbol
    )
    return "× rate.", f"{capital(taken)[:-1]} × {rate}, with its sign reversed{decay}: {step}."


def _move(scene: Scene, descent: Descent, worked: WorkedStep, plain: bool) -> tuple[str, str]:
    path = descent.trajectory.path
    before, after = path[worked.k], path[worked.k + 1]
    seen = way(float(after[0] - before[0]), float(after[1] - before[1]), scene.surface.domain)
    if worked.k + 1 >= descent.finite:
        return "Move.", f"The ball moves {descent.beyond}."
    if plain:
        return "Move.", f"On the map, the ball moves {seen}." if seen else "The ball stays where it is."
    moved = listed(f"{'wb'[i]} {fixed(float(before[i]))} → {fixed(float(after[i]))}" for i in worked.free)
    return "Move.", f"The ball moves: {moved}."


def _check(scene: Scene, descent: Descent, worked: WorkedStep, plain: bool) -> tuple[str, str]:
    t = descent.trajectory
    before, after = float(t.losses[worked.k]), float(t.losses[worked.k + 1])
    unit = f" {scene.loss_unit}" if scene.loss_unit else ""
    if worked.k + 1 >= descent.finite:
        return "Check.", f"The loss is {'not defined here' if descent.leaves else 'beyond all numbers'}."
    change = after - before
    if t.evidence.events.uphill[worked.k]:
        hopped = t.evidence.events.overshoots[worked.k]
        why = "the step was too long" if hopped else why_uphill(descent, worked.k, True)
        turn, end = "higher", f"{why}."
    elif change < 0.0:
        turn, end = "lower", "go on." if worked.k + 1 < t.steps else "that was the last step."
    else:
        return "Check.", "The loss is what it was before."
    if plain:
        return "Check.", f"The loss is {turn} than before: {end}"
    by = f"{turn} by {fixed(abs(change))}{unit}"
    return "Check.", f"The loss goes from {fixed(before)} to {fixed(after)}{unit}: {by}; {end}"


def _along(worked: WorkedStep, values: np.ndarray, write: object) -> str:
    """Write a value for each free parameter."""
    assert callable(write)
    return listed(f"{write(float(values[i]))} along {'wb'[i]}" for i in worked.free)
