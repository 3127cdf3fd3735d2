"""Outcome: how a run went up to a row, in one word, found by questions to the evidence in a fixed order."""

from itertools import pairwise

import numpy as np

from lossviz.diagnosis.evidence import ARRIVED, FAR, Evidence
from lossviz.rules.base import Rule

PATIENCE = 5
"""So many steps uphill in a row, above the start, are divergence where the rate exceeds the rule's limit."""
LONG_PATIENCE = 25
"""The same where no limit is known, or the rate is below it: a moving average may carry a path uphill for a while."""
STANDING = 1e-3
"""A step below this part of the domain's width is none of a ball that merely rolls through."""
FLAT = 1e-4
"""Where the loss all around changes by less than this part of the domain's relief, it is flat."""
LINGERING = 1e-3
"""A saddle is so near, in widths of the domain, that little of the slope is left."""
NEAR = 0.05
"""A Newton step below this part of the domain's width leads to a bottom nearby."""
STILL = 1e-3
"""A best loss that fell by less than this part of its total fall has stopped falling."""
LEAP = 0.1
"""A step longer than this part of the domain's width leads from one slope to another, not over one valley."""
ROAMING = 0.02
"""Steps longer than this part of the domain's width are not those about the floor of a valley."""
SHRINKING = 0.84
"""Hops get shorter if their mean length falls to this part of it over the halves of the last quarter: 0.5 to the ¼."""
SHORT = 8
"""Of fewer steps no quarter tells anything."""
SETTLED = 1e-2
"""A median loss that fell from the quarter before the last to the last by at most this part of its fall has settled."""
JITTER = 0.5
"""Or by at most this part of how far the losses of the last quarter scatter."""
RESTLESS = 0.25
"""Where at least this part of the steps leads uphill, and no slope does, it is the batches that do."""
RISING = 0.6
"""Where more of the steps of the last quarter lead uphill, it climbs."""
RUNAWAY = 2.0
"""A median loss that grows by more than this from quarter to quarter grows without bound."""
HELD = 0.05
"""Steps below this part of the way that is left, where the loss falls no more, are those of a run that is held off."""
DECAYS = ("weight_decay", "lambd")
"""The names that weight decay has."""
NOTHING = 1e-15
"""Steps below this part of the domain's width are rounding."""
LAST = 0.01
"""Where less than this part of all that could be lost is left, the bottom is close."""

OUTCOMES = (
    "diverged",
    "left",
    "converged",
    "saddle",
    "maximum",
    "plateau",
    "corner",
    "noise_floor",
    "no_minimum",
    "oscillating",
    "slow",
)


def outcome_of(e: Evidence, rule: Rule, k: int) -> str:
    """Name the outcome of rows 0..k: the first of OUTCOMES that holds."""
    if has_left(e, k):
        return "left"
    sinking = k > 0 and falls_for_ever(e, k)
    if not sinking and k > 0 and _diverged(e, rule, k):
        return "diverged"
    if e.arrivals[k]:
        return "converged"
    balanced = _balanced(e, k)
    if balanced:
        return balanced
    if not sinking and _on_plateau(e, k):
        return "plateau"
    if k > 0 and _at_corner(e, rule, k):
        return "corner"
    if k > 0 and _on_noise_floor(e, k):
        return "noise_floor"
    if sinking:
        return "no_minimum"
    return "oscillating" if k > 0 and _oscillating(e, rule, k) else "slow"


def has_left(e: Evidence, k: int) -> bool:
    """Tell whether the last row has come off the surface: its loss is no number, at a place not far away."""
    if not np.isnan(e.losses[k]):
        return False
    low, high = e.domain.T
    return bool(np.all(np.abs(e.path[k] - (low + high) / 2.0) <= FAR * (high - low)))


def falls_for_ever(e: Evidence, k: int) -> bool:
    """Tell whether the loss falls without an end in sight.

    So it does where that is known of the surface, and the loss has fallen over the last quarter; or outside the domain,
    below all that is in it by more than its relief, in steps that get no shorter.
    """
    last = last_finite(e, k)
    if last < 1 or e.events.uphill[last - 1]:
        return False
    if e.ground.endless:
        return bool(last == k and e.losses[k] < e.losses[k - quarter(k)])
    if e.inside[last] or not e.losses[last] < e.ground.lowest - e.ground.relief:
        return False
    if last < k:
        return True
    before = max(0, k - PATIENCE)
    in_bowl = e.eigenvalues[k, 0] > 0.0
    return bool(not in_bowl and not np.any(e.events.uphill[before:k]) and e.moves[k - 1] >= 0.9 * e.moves[before])


def last_finite(e: Evidence, k: int) -> int:
    """Give the last row before the first loss that is not finite; −1 where that is the start."""
    finite = np.isfinite(e.losses[: k + 1])
    return k if np.all(finite) else int(np.argmin(finite)) - 1


def quarter(k: int) -> int:
    """Give how many steps the last quarter has."""
    return max(1, k // 4)


def stopped_falling(e: Evidence, k: int) -> bool:
    """Tell whether the best loss fell in the last quarter by less than a thousandth of its total fall."""
    if k < SHORT:
        return False
    best = np.minimum.accumulate(e.losses[: k + 1])
    return bool(best[k - quarter(k)] - best[k] <= STILL * (best[0] - best[k]))


def usable_limit(e: Evidence, k: int) -> float:
    """Give the limit for the rate that a judge may build on; NaN where none is known.

    That of the row, where it is the same everywhere or nearly so; elsewhere the lowest on the way so far within the
    domain.
    """
    if e.ground.exact:
        return float(e.limits[k])
    known = e.limits[: k + 1][e.inside[: k + 1] & np.isfinite(e.limits[: k + 1])]
    return float(np.min(known)) if known.size else float("nan")


def median_of(e: Evidence, k: int, back: int = 0) -> float:
    """Give the median loss of the last quarter of rows 0..k, or of a quarter so many before it."""
    last = k - back * quarter(k)
    # np.median would load numpy.ma, which nothing at the start needs
    losses = np.sort(e.losses[max(0, last - quarter(k)) + 1 : last + 1])
    return float(np.mean(losses[(len(losses) - 1) // 2 : len(losses) // 2 + 1]) if losses[-1] == losses[-1] else np.nan)


def sinks(e: Evidence, k: int) -> bool:
    """Tell whether the loss is lower than it was a quarter ago."""
    if k < SHORT:
        return bool(e.losses[k] < e.losses[k - quarter(k)])
    # of single rows some are low or high by chance
    return median_of(e, k) < median_of(e, k, 1)


def thrown(e: Evidence, rule: Rule, k: int) -> bool:
    """Tell whether a run is higher than its start: steps downhill that are short enough never lead there."""
    if rule.seeks_level or k < 1:
        return False
    now = median_of(e, k) if e.noisy and k >= SHORT else e.losses[k]
    # what goes uphill from the first step on was led there by something else, such as a decay of the weights
    too_far = not e.ground.exact or bool(np.any(e.events.overshoots[:k]))
    return too_far and bool(now > e.losses[0] + 1e-9 * abs(e.losses[0]))


def near_bottom(e: Evidence, k: int) -> bool:
    """Tell whether little of the loss is left to lose, on the way to a minimum nearby."""
    if e.ground.kinked and not e.ground.convex:
        return False
    with np.errstate(invalid="ignore"):
        remaining, fall = e.decrement[k], e.losses[0] - e.losses[k]
        return bool(remaining < LAST * (fall + remaining) and np.all(e.newton[k] < NEAR))


def halts(e: Evidence, k: int) -> bool:
    """Tell whether a rule makes no steps any more, though nobody has taken its rate away."""
    return bool(k >= PATIENCE and np.all(e.moves[k - PATIENCE : k] < NOTHING) and not starved(e, k))


def held_off(e: Evidence, rule: Rule, k: int) -> bool:
    """Tell whether weight decay holds a run off a minimum: it stands still where there is a slope."""
    decays = any(np.any(rule.values.get(name, 0.0)) for name in DECAYS)
    if not decays or k < SHORT or starved(e, k) or not stopped_falling(e, k):
        return False
    way = np.hypot.reduce(e.newton[k])
    return bool(np.all(e.moves[k - quarter(k) : k] < HELD * way))


def lingers_at_saddle(e: Evidence, k: int) -> bool:
    """Tell whether a saddle is so near that the slope is almost 0."""
    with np.errstate(invalid="ignore"):
        mixed = e.eigenvalues[k, 0] < 0.0 < e.eigenvalues[k, -1]
        return bool(mixed and np.all(e.reach[k] < LINGERING) and e.moves[k - 1] < LINGERING)


def nears_saddle(e: Evidence, k: int) -> bool:
    """Tell whether a run goes toward the saddle that it lingers at, and not away from it."""
    last = k - quarter(k)
    with np.errstate(invalid="ignore"):
        return bool(np.max(e.reach[last : k + 1]) < np.max(e.reach[max(0, last - quarter(k)) : last + 1]))


def leaps(e: Evidence, k: int) -> bool:
    """Tell whether a run goes from slope to slope, and not over one valley."""
    return bool(np.median(e.moves[k - quarter(k) : k]) > LEAP)


def wanders(e: Evidence, k: int) -> bool:
    """Tell whether a run goes about and gets no lower."""
    last = slice(k - quarter(k), k)
    return bool(not sinks(e, k) and np.median(e.moves[last]) > ROAMING and stopped_falling(e, k))


def rolls_on(rule: Rule) -> bool:
    """Tell whether a rule remembers where it was going, so that it may roll uphill for a while."""
    return any(term.carries for term in rule.terms)


def settles(e: Evidence, k: int) -> bool:
    """Tell whether the hops at a corner get shorter, as those of a rule do whose rate falls."""
    length, last = quarter(k), slice(k - quarter(k), k)
    before = e.moves[max(0, last.start - length) : last.start]
    return bool(_ratio_of_halves(e, last) < 0.95 and np.mean(e.moves[last]) < 0.9 * np.mean(before))


def _ratio_of_halves(e: Evidence, last: slice) -> float:
    """Give the mean length of the steps in the second half of some, over that in the first."""
    middle = (last.start + last.stop + 1) // 2
    return float(np.mean(e.moves[middle : last.stop]) / np.mean(e.moves[last.start : middle]))


def _diverged(e: Evidence, rule: Rule, k: int) -> bool:
    if not (np.all(np.isfinite(e.losses[: k + 1])) and np.isfinite(e.moves[k - 1])):
        return True
    if rule.bounded or starved(e, k):
        # what rolls uphill then was set rolling before
        return False
    if e.noisy and _runs_away(e, k):
        return True
    above = e.rates[k - 1] > (e.limits[k] if np.isfinite(e.limits[k]) else usable_limit(e, k)) * (1.0 + 1e-12)
    needed = (min(PATIENCE, k) if k >= 3 else PATIENCE) if above else LONG_PATIENCE
    uphill = bool(e.losses[k] > e.losses[0] and k >= needed and np.all(e.events.uphill[k - needed : k]))
    if e.ground.exact or not uphill:
        return uphill
    # among hills and valleys a path may go up a few times by chance
    return bool(not e.inside[k] and e.moves[k - 1] >= e.moves[k - needed])


def _runs_away(e: Evidence, k: int) -> bool:
    """Tell whether a run that some batches lead downhill by chance grows without bound."""
    if k < 2 * SHORT or e.inside[k]:
        return False
    medians = [median_of(e, k, back) for back in (3, 2, 1, 0)]
    growing = all(after > RUNAWAY * abs(before) for before, after in pairwise(medians))
    return growing and medians[-1] > e.losses[0]


def _balanced(e: Evidence, k: int) -> str:
    """Name the level point that is no minimum and that the run stands at; "" where it does not."""
    if k > 0 and not e.moves[k - 1] <= STANDING:
        return ""
    if e.ridge[k]:
        return "saddle"
    with np.errstate(invalid="ignore"):
        if not np.all(e.reach[k] < ARRIVED):
            return ""
        if e.eigenvalues[k, -1] < 0.0:
            return "maximum"
        return "saddle" if e.eigenvalues[k, 0] < 0.0 else ""


def _on_plateau(e: Evidence, k: int) -> bool:
    if e.ground.convex or (k > 0 and not e.moves[k - 1] <= STANDING):
        return False
    with np.errstate(invalid="ignore"):
        if np.all(e.newton[k] < NEAR):
            return False
        return bool(e.level[k] or e.swell[k] <= FLAT * e.ground.relief)


def _at_corner(e: Evidence, rule: Rule, k: int) -> bool:
    last = slice(k - quarter(k), k)
    if e.noisy:
        # the batches alone would keep it moving
        return False
    return bool(e.ground.kinked and not rule.bounded and stopped_falling(e, k) and np.sum(e.bends[last]) >= 2)


def _on_noise_floor(e: Evidence, k: int) -> bool:
    if not e.noisy or k < SHORT:
        return False
    length = quarter(k)
    restless = RESTLESS <= np.mean(e.events.uphill[k - length : k]) <= RISING
    last = median_of(e, k)
    scatter = np.std(e.losses[k - length + 1 : k + 1])
    settled = median_of(e, k, 1) - last <= max(SETTLED * (e.losses[0] - last), JITTER * scatter)
    return bool(restless and settled and e.losses[0] > last)


def stands_still(e: Evidence, k: int) -> bool:
    """Tell whether steps are so small that float32 adds nothing of them."""
    return bool(e.precision == "float32" and k >= PATIENCE and np.all(e.moves[k - PATIENCE : k] == 0.0))


def starved(e: Evidence, k: int) -> bool:
    """Tell whether a schedule has taken the rate away: it is below a tenth of the largest so far."""
    return bool(e.rates[k - 1] < 0.1 * np.max(e.rates[:k]))


def scheduled(e: Evidence, k: int) -> bool:
    """Tell whether the rate has changed on the way."""
    return bool(np.any(e.rates[:k] != e.rates[0]))


def _oscillating(e: Evidence, rule: Rule, k: int) -> bool:
    last = slice(k - quarter(k), k)
    turned, share = e.events.overshoots[last], 0.5
    if not e.ground.exact and not rolls_on(rule):
        # among hills and valleys a step that is too long may end anywhere
        turned, share = turned | e.events.uphill[last], 1.0 / 3.0
    return bool(k >= SHORT and np.mean(turned) >= share and not _nearing(e, last) and stopped_falling(e, k))


def _nearing(e: Evidence, last: slice) -> bool:
    """Tell whether hops get shorter and shorter: then they arrive, however little loss there is left to lose."""
    if e.decrement[last.stop] < 0.5 * e.decrement[last.start]:
        return True
    # among hills and valleys the decrement is one of each place
    return not e.ground.exact and _ratio_of_halves(e, last) < SHRINKING
