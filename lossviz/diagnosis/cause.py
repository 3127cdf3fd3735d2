"""Cause: why a run went as it did, and what to try."""

import numpy as np

from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.outcome import (
    FLAT,
    LEAP,
    PATIENCE,
    RESTLESS,
    SHORT,
    STANDING,
    halts,
    held_off,
    leaps,
    lingers_at_saddle,
    near_bottom,
    nears_saddle,
    quarter,
    rolls_on,
    scheduled,
    settles,
    sinks,
    stands_still,
    starved,
    thrown,
    usable_limit,
    wanders,
)
from lossviz.diagnosis.wording import rounded_down
from lossviz.numerals import short
from lossviz.rules.base import Rule

WHOLE = 1.0
"""The rate at which rules that find the lengths of their steps by themselves make them."""
BOLDER = 10.0
"""By so much a rate that is too small may be raised at once."""
FOLLOWS_RATE = "ftrl"
"""Where the rate falls, this rule goes back: its place is the sum of the slopes, times the rate."""
DAMPED = "Start nearer to a minimum, or try damped Newton, which goes downhill."

CAUSES = ("", "rate too small", "rate too large", "ravine", "noise", "flat", "no curvature", "budget")


def cause_of(e: Evidence, rule: Rule, k: int, outcome: str) -> str:
    """Name the cause of an outcome, one of CAUSES; one that needs a step is asked for after one."""
    if outcome in ("converged", "no_minimum"):
        return ""
    if outcome == "diverged" and overreaches(e, rule, k):
        return "no curvature"
    unsettled = outcome in ("diverged", "oscillating") and e.noisy
    if unsettled and (not rule.per_parameter or (outcome == "oscillating" and e.rates[k - 1] <= e.limits[k])):
        return "noise"
    if outcome == "oscillating" and not rule.per_parameter and e.rates[k - 1] <= WHOLE:
        # it looked for the lengths of its hops: no rate makes the valley rounder
        return "ravine"
    if outcome in ("diverged", "oscillating"):
        return "rate too large"
    if outcome in ("saddle", "maximum", "plateau"):
        return "flat"
    if outcome == "corner":
        return "no curvature"
    if outcome == "noise_floor":
        return "noise"
    if outcome == "left":
        return "rate too large" if e.rates[k - 1] > e.limits[k - 1] else ""
    return _cause_of_slowness(e, rule, k)


def overreaches(e: Evidence, rule: Rule, k: int) -> bool:
    """Tell whether Newton's whole step or less led far away: where there is hardly any curvature, it is long."""
    return bool(rule.seeks_level and e.rates[k - 1] <= WHOLE and not e.losses[k] <= e.losses[0])


def jumps_about(e: Evidence, k: int) -> bool:
    """Tell whether batches lead a run up and down, and no lower."""
    restless = k >= SHORT and np.mean(e.events.uphill[k - quarter(k) : k]) >= RESTLESS
    return bool(e.noisy and restless and not sinks(e, k))


def falls_back(e: Evidence, rule: Rule, k: int) -> bool:
    """Tell whether a rule without a velocity goes uphill as its rate falls: one whose place depends on the rate."""
    if rule.name == FOLLOWS_RATE and starved(e, k):
        return True
    if k < SHORT or rolls_on(rule) or not e.rates[k - 1] < e.rates[0] or thrown(e, rule, k):
        return False
    return bool(e.losses[k] > e.losses[0] or np.all(e.events.uphill[k - quarter(k) : k]))


def _cause_of_slowness(e: Evidence, rule: Rule, k: int) -> str:
    if stands_still(e, k):
        return "rate too small"
    if overreaches(e, rule, k):
        return "no curvature"
    if halts(e, k):
        return "no curvature" if rule.seeks_level else "budget"
    if falls_back(e, rule, k) or held_off(e, rule, k):
        return "budget"
    if thrown(e, rule, k):
        return "noise" if e.noisy and not rule.per_parameter else "rate too large"
    if jumps_about(e, k):
        return "noise"
    rate, limit = e.rates[k - 1], usable_limit(e, k)
    recent = slice(max(0, k - PATIENCE), k)
    rising = bool(np.any(e.events.uphill[recent]))
    # where the limit is one of the place alone, a rate above it does no harm until it does
    if rate > e.limits[k] and (e.ground.exact or rising or np.any(e.events.overshoots[recent])):
        return "rate too large"
    if not e.ground.exact and lingers_at_saddle(e, k):
        return "flat"
    # a small share of the way that is left, and (where a limit is known) a rate far below it; a ball that turns back
    # is slow for a moment too, but it was rolling uphill before
    way = np.hypot.reduce(e.newton[k])
    telling = np.isfinite(way) or (e.ground.exact and not e.ground.kinked)
    small = np.all(e.moves[recent] < (0.1 * way if telling else STANDING)) and not rising
    if small and (starved(e, k) or _bears_more(e, rule, k, rate, limit)):
        return "rate too small"
    if e.eigenvalues[k, 0] > 0 and e.eigenvalues[k, -1] > 100.0 * e.eigenvalues[k, 0]:
        return "ravine"
    return "budget"


def advice_on(e: Evidence, rule: Rule, k: int, outcome: str, cause: str, raw_feature: bool) -> str:
    """Give one sentence of what to try, or ""."""
    match outcome:
        case "saddle" | "maximum" if rule.seeks_level:
            return DAMPED
        case "saddle":
            return "Start a little to the side."
        case "maximum":
            return "Start anywhere else."
        case "plateau":
            return _off_plateau(e, rule, k)
        case "corner" if settles(e, k):
            return "Give it more steps."
        case "corner" if e.rates[k - 1] < e.rates[0]:
            return "Let the rate fall farther: the hops shrink with it."
        case "corner":
            return f"{_falling(rule, float(e.rates[k - 1]))}: the hops shrink with it."
        case "noise_floor":
            return _below_noise(e, rule, k)
        case "slow" if stands_still(e, k):
            return "Keep the parameters in float64, or try a larger rate."
        case "slow" if halts(e, k):
            return _onward(rule)
        case "slow" if held_off(e, rule, k):
            return "Make the weight decay smaller: it holds the run off the minimum."
        case "slow" if falls_back(e, rule, k):
            return "Keep the rate as it is: this rule goes back where it falls."
        case "no_minimum" if e.ground.penalty_helps:
            return "Add an l2 penalty: then there is a minimum."
        case "no_minimum":
            return "Take data with both labels." if e.ground.endless else "Start elsewhere."
        case "left" if not cause:
            return "Start elsewhere."
    return _about_rate(e, rule, k, outcome, cause) or _about_way(e, rule, k, cause, raw_feature)


def _bears_more(e: Evidence, rule: Rule, k: int, rate: float, limit: float) -> bool:
    """Tell whether larger steps than those so far would lead on."""
    if not rule.per_parameter:
        return bool(rate < 0.2 * WHOLE)
    if np.isfinite(limit) and not e.noisy:
        return bool(rate < 0.1 * limit)
    # without a limit, steps that turn or shrink of themselves tell
    turning = np.any(e.events.overshoots[k - quarter(k) : k]) or (
        e.noisy and np.any(e.events.uphill[k - quarter(k) : k])
    )
    return not (turning or near_bottom(e, k) or _strides(e, k) or _bolder(e, k) < 2.0)


def _bolder(e: Evidence, k: int) -> float:
    """Give by what a rate may be raised, so that no step becomes a leap."""
    longest, allowed = float(np.max(e.moves[:k])), LEAP if e.ground.exact else LEAP / 2.0
    return min(BOLDER, allowed / longest) if longest > 0.0 else BOLDER


def _strides(e: Evidence, k: int) -> bool:
    """Tell whether a rate for which no limit is known is as long as a leap: what such a rule makes of it, at first."""
    width = np.min(e.domain[:, 1] - e.domain[:, 0])
    return bool(not e.ground.exact and not np.isfinite(e.limits[k]) and e.rates[k - 1] > LEAP * width)


def _falling(rule: Rule, rate: float) -> str:
    smaller = short(rate / 10)
    if rule.name == FOLLOWS_RATE:
        return f"Try a smaller rate, such as {smaller}, with more steps"
    return f"Let the rate fall toward the end, by a schedule, or try a smaller one, such as {smaller}"


def _onward(rule: Rule) -> str:
    if "tolerance_grad" in rule.values:
        return "Make its tolerances smaller: it stops where slope and steps are below them."
    return DAMPED if rule.seeks_level else "Start elsewhere, or try another optimizer."


def _below_noise(e: Evidence, rule: Rule, k: int) -> str:
    if not rule.per_parameter:
        return "Take larger batches, or all samples: it builds on the losses and the curvature of each."
    if rule.name == FOLLOWS_RATE:
        return "Take larger batches, or a smaller rate with more steps."
    if starved(e, k):
        return "Give it more steps at this rate, or larger batches."
    return "Let the rate fall toward the end, by a schedule, or take larger batches."


def _off_plateau(e: Evidence, rule: Rule, k: int) -> str:
    if k and e.swell[0] > FLAT * e.ground.relief and np.any(e.moves[:k] > LEAP):
        return f"Try a smaller rate, such as {short(float(e.rates[k - 1]) / 10)}: long steps led here."
    if not e.swell[k] > 0.0:
        return "Start elsewhere."
    if rule.limit_formula:
        return "Start elsewhere, or try Adam, whose steps don't shrink with the slope."
    return "Start elsewhere." if _strides(e, k) else "Try a larger rate, or start elsewhere."


def _about_rate(e: Evidence, rule: Rule, k: int, outcome: str, cause: str) -> str:
    if cause == "noise":
        return _below_noise(e, rule, k)
    if cause == "no curvature":
        return DAMPED
    if not cause.startswith("rate"):
        return ""
    if scheduled(e, k):
        if cause == "rate too large":
            return "Try a smaller rate: the schedule's highest is too large."
        if starved(e, k):
            return "The schedule has taken the rate away too soon: let it fall later, or not so far."
        return "Try a larger rate."
    rate, limit = float(e.rates[k - 1]), usable_limit(e, k)
    where = "half of the limit" if e.ground.exact else "half of the limit at the sharpest place so far"
    if not rule.per_parameter:
        return _about_whole(e, rule, rate, cause)
    if outcome == "oscillating" and not np.isfinite(limit) and leaps(e, k):
        return f"Try a smaller rate, such as {short(rate / 10)}: the hops are as long as the rate lets them be."
    if outcome == "oscillating" and not np.isfinite(limit):
        return f"{_falling(rule, rate)}: the hops are as long as it lets them be."
    if cause == "rate too large" and limit / 2 >= rate and thrown(e, rule, k):
        # far away, where it is flat
        return f"Try a smaller rate, such as {short(rate / 10)}."
    if cause == "rate too large" and limit / 2 >= rate:
        # the limit here says little: a smaller rate than this one it must be
        return f"Try {short(rounded_down(rate / 2))}, half of this rate."
    if cause == "rate too small" and not (np.isfinite(limit) and (e.ground.exact and not e.noisy)):
        # too far a leap where the ground ahead may be sharper, or a batch
        bolder = _bolder(e, k) * rate
        if not limit / 2 <= bolder:
            return f"Try a larger rate, such as {short(rounded_down(bolder))}."
    if cause in ("rate too small", "rate too large") and np.isfinite(limit):
        return f"Try {short(rounded_down(limit / 2))}, {where}."
    if cause == "rate too large":
        return f"Try a smaller rate, such as {short(rate / 10)}."
    return ""


def _about_whole(e: Evidence, rule: Rule, rate: float, cause: str) -> str:
    """Advise on the rate of a rule that finds the lengths of its steps by itself."""
    blind = rule.values.get("strong_wolfe") is False
    # steps that nothing checks, or by slopes that are not those of the loss
    if cause == "rate too small" and (blind or e.noisy or e.ground.kinked or np.any(e.clipped)):
        return f"Try a larger rate, such as {short(min(WHOLE, rate * BOLDER))}."
    if cause == "rate too small" or rate > WHOLE:
        return "Try 1, the rate that is usual for it."
    if blind:
        return "Let it search for the length of its steps (strong Wolfe)."
    return f"Try a smaller rate, such as {short(rate / 10)}."


def _about_way(e: Evidence, rule: Rule, k: int, cause: str, raw_feature: bool) -> str:
    if cause == "ravine" and not rule.per_parameter:
        return "Try BFGS, which learns how the ground is curved: the valley is long and narrow."
    if cause == "ravine":
        momentum = "" if "momentum" in rule.values else "use momentum"
        if raw_feature:
            return f"Standardise the feature, which makes the valley rounder{f', or {momentum}' if momentum else ''}."
        return f"{momentum.capitalize()}: the valley is long and narrow." if momentum else "Give it more steps."
    if cause == "flat" and nears_saddle(e, k):
        return "Start a little to the side."
    if cause == "flat":
        return "Give it more steps, or start a little to the side."
    if cause != "budget":
        return ""
    if wanders(e, k):
        return "Try a smaller rate, or give it more steps."
    return "Give it more steps."
