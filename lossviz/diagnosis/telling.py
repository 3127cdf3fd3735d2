"""Telling: what a verdict says, in plain words, in few, in numbers and as a formula."""

import numpy as np

from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.outcome import (
    FLAT,
    PATIENCE,
    halts,
    held_off,
    last_finite,
    leaps,
    lingers_at_saddle,
    near_bottom,
    quarter,
    rolls_on,
    settles,
    sinks,
    stands_still,
    starved,
    thrown,
)
from lossviz.diagnosis.wording import times
from lossviz.numerals import listed, short
from lossviz.rules.base import Rule


def in_words(e: Evidence, rule: Rule, k: int, outcome: str, cause: str) -> tuple[str, str]:
    """Give the verdict in plain words, and the same in a few; k is 1 or more."""
    plain, brief = _unclipped(e, rule, k, outcome, cause)
    clips = int(np.sum(e.clipped[:k]))
    if clips == 0:
        return plain, brief
    how_often = "at each step" if clips == k else times(clips)
    return f"{plain}; the slope was clipped {how_often}", f"{brief}, clipped {how_often}"


def _unclipped(e: Evidence, rule: Rule, k: int, outcome: str, cause: str) -> tuple[str, str]:
    match outcome:
        case "diverged":
            return _diverged(e, k, cause)
        case "left":
            return f"off the surface at step {k}: the loss is not defined there", f"off the surface at step {k}"
        case "converged":
            return _converged(e, k)
        case "saddle" | "maximum" if rule.seeks_level:
            told = f"at a {outcome}: Newton's step leads to any place without a slope"
            return told, f"at a {outcome}, which Newton's step leads to as well"
        case "saddle":
            still = "at a saddle: it stands still by balance"
            return f"{still}; a push to the side and it rolls on", "at a saddle, still by balance"
        case "maximum":
            still = "at a maximum: it stands still on the top"
            return f"{still}; a push and it rolls down", "at a maximum, still on the top"
        case "plateau" if e.level[k] and not e.swell[k] <= FLAT * e.ground.relief:
            level = "on level ground"
            return f"{level}: the slope is zero, and in one direction there is no curvature either", level
        case "plateau":
            return "on a plateau: so flat that the slope says nothing", "on a plateau, with no slope"
        case "corner" if settles(e, k):
            return ("hops to and fro at a corner, less and less",) * 2
        case "corner":
            told = "can't settle: the slope doesn't shrink at a corner; only a falling rate can"
            return told, "can't settle at a corner"
        case "noise_floor":
            told = "jitters and sinks no more: each batch points elsewhere, and that noise keeps it moving"
            return told, "kept moving by the batches' noise"
        case "no_minimum":
            return _endless(e)
        case "oscillating":
            return _to_and_fro(e, k)
    return _slow(e, rule, k, cause)


def _diverged(e: Evidence, k: int, cause: str) -> tuple[str, str]:
    first = last_finite(e, k) + 1
    if cause == "no curvature":
        far = "gone: where there is hardly any curvature, Newton's step is long"
        return far, "gone where there is hardly any curvature"
    if first <= k:
        return (
            f"gone: at step {first} the numbers grew beyond all bounds",
            f"gone beyond all numbers, at step {first}",
        )
    if np.all(e.events.overshoots[max(0, k - PATIENCE) : k]):
        higher = "each hop lands higher"
        return f"{higher} on the other side: the step is too big for this valley", higher
    if e.noisy:
        return "thrown ever higher: the steps are too big for such small batches", "thrown ever higher"
    return "climbing ever higher: the step is too big for this surface", "climbing ever higher"


def _converged(e: Evidence, k: int) -> tuple[str, str]:
    first = int(np.argmax(e.arrivals[: k + 1]))
    made = int(np.sum(e.events.overshoots[:first]))
    if made == 0:
        return (f"arrived smoothly, at step {first}",) * 2
    if made >= first - 1:
        told = f"arrived at step {first}, hopping over the valley at each step"
        return told, f"arrived at step {first}, a hop at each step"
    told = f"arrived at step {first}, after hopping over the valley {times(made)}"
    return told, f"arrived at step {first}, after {'1 hop' if made == 1 else f'{made} hops'}"


def _endless(e: Evidence) -> tuple[str, str]:
    if e.ground.endless:
        told = "sinking for ever, as there is no minimum"
        return f"{told}: larger numbers always have a lower loss", told
    return "off the map, where the loss sinks and sinks", "off the map, sinking and sinking"


def _to_and_fro(e: Evidence, k: int) -> tuple[str, str]:
    falling = not np.any(e.events.uphill[max(0, k - PATIENCE) : k])
    still = "hardly sinking any more" if falling else "sinking no more"
    if not e.ground.exact and leaps(e, k):
        return f"leaps from slope to slope, {still}", f"leaping about, {still}"
    return f"hops to and fro over the valley, {still}", f"to and fro, {still}"


def _slow(e: Evidence, rule: Rule, k: int, cause: str) -> tuple[str, str]:
    if stands_still(e, k):
        still = "stands still: its steps are too small for float32 to add"
        return still, "stands still, for float32"
    if cause == "no curvature":
        return _without_curvature(e, k)
    if halts(e, k):
        where = "close to the bottom" if near_bottom(e, k) else "on a slope"
        why = "its steps are too small to count" if rule.per_parameter else "it finds no step any more"
        return f"stands still {where}: {why}", f"stands still {where}"
    if held_off(e, rule, k):
        return "stands still beside the bottom: weight decay holds it there", "held off by weight decay"
    if cause == "noise":
        told = "goes up and down: each batch points elsewhere, and the loss sinks no more"
        return told, "up and down with the batches"
    uphill = k >= 2 and not e.noisy and bool(np.all(e.events.uphill[k - 2 : k]))
    bottom, sinking = near_bottom(e, k), sinks(e, k)
    if uphill and e.events.overshoots[k - 1] and not (bottom and cause != "rate too large"):
        return ("each hop lands higher",) * 2
    if k > 1 and sinking and np.all(e.events.overshoots[max(0, k - PATIENCE) : k]):
        return "hops over the valley at each step, still sinking", "hops at each step, still sinking"
    if bottom:
        return ("close to the bottom",) * 2
    if cause == "rate too large" and k >= PATIENCE and thrown(e, rule, k):
        above = "above where it began"
        back = ", though it is sinking now" if sinking else ""
        ground = "such small batches" if e.noisy else "this surface"
        return f"{above}{back}: the steps are too long for {ground}", f"{above}{back}"
    # not before: a ball rolls up and down about the bottom until it lies there
    if uphill:
        return ("rolling uphill" if rolls_on(rule) else "going uphill",) * 2
    if not e.ground.exact and lingers_at_saddle(e, k):
        return "slow near a saddle, where there is little slope", "slow near a saddle"
    if cause == "rate too small":
        return (f"creeping: the steps {'have become' if starved(e, k) else 'are'} small",) * 2
    if cause == "ravine":
        return "creeping along the floor of a ravine", "creeping along a ravine"
    return ("still sinking" if sinking else "no lower than before",) * 2


def _without_curvature(e: Evidence, k: int) -> tuple[str, str]:
    """Tell of a Newton step where there is hardly any curvature, or along a slope that has none."""
    if e.losses[k] > e.losses[0]:
        far = "above where it began"
        return f"{far}: where there is hardly any curvature, Newton's step is long", far
    still = "stands still on a slope"
    return f"{still}: along it there is no curvature, and so Newton's method makes no step", still


def in_numbers(e: Evidence, k: int, outcome: str) -> str:
    """Give the numbers of a verdict."""
    rate, limit, loss = float(e.rates[k - 1]), float(e.limits[k]), float(e.losses[k])
    share = f"rate {short(rate)}"
    if np.isfinite(limit):
        here = "" if e.ground.exact else " here"
        here += " with all samples" if e.noisy else ""
        share = listed((share, f"{short(rate / limit)} of the limit {short(limit)}{here}"))
    hops, rises = int(np.sum(e.events.overshoots[:k])), int(np.sum(e.events.uphill[:k]))
    made = "1 step" if k == 1 else f"{k} steps"
    reached = "no loss" if outcome == "left" else f"loss {short(loss, 4)}"
    told = f"{share}; {reached} after {made}: {hops} overshot, {rises} went uphill"
    if outcome in ("saddle", "maximum") and e.eigenvalues[k, 0] < 0.0:
        curved = listed(short(float(value)) for value in e.eigenvalues[k])
        return f"{told}; curvature {curved}"
    if outcome == "noise_floor":
        last = e.losses[k - quarter(k) : k + 1]
        return f"{told}; of late between {short(float(np.min(last)), 4)} and {short(float(np.max(last)), 4)}"
    if outcome == "corner":
        last = e.path[k - quarter(k) : k + 1]
        reach = listed(short(float(value), 2) for value in np.ptp(last, axis=0) / 2.0)
        return f"{told}; of late within ± {reach}"
    return told


def in_symbols(e: Evidence, rule: Rule, k: int) -> str:
    """Give a verdict as a formula: the rate beside its limit, or where there is none the rule."""
    limit = float(e.limits[k])
    if not (rule.limit_formula and np.isfinite(limit)):
        return rule.formula.replace("\n", ",  ")
    rate, sharpness = float(e.rates[k - 1]), float(e.eigenvalues[k, -1])
    relation = ">" if rate > limit else "<" if rate < limit else "="
    if "λmax" not in rule.limit_formula:
        return f"η = {short(rate)} {relation} {rule.limit_formula}"
    return f"η = {short(rate)} {relation} {rule.limit_formula} = {short(limit)}  (λmax = {short(sharpness)})"
