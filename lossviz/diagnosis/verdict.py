"""Verdict: how a run went, why, and what to try; judged from losses, gradients and curvature together."""

from dataclasses import dataclass

import numpy as np

from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.wording import rounded_down, short, times
from lossviz.rules.base import Rule

PATIENCE = 5
"""So many steps uphill in a row, above the start, are divergence where the rate exceeds the rule's limit."""

LONG_PATIENCE = 25
"""The same where no limit is known, or the rate is below it: a moving average may carry a path uphill for a while."""


@dataclass(frozen=True)
class Explanation:
    """What a verdict says, at three levels; and the plain one in a few words, for a list."""

    plain: str
    numbers: str
    formula: str
    brief: str

    def __str__(self) -> str:
        return self.plain


@dataclass(frozen=True)
class Verdict:
    """How a run went, up to the row that it is a verdict of.

    Parameters
    ----------
    outcome : str
        ``"diverged"``: a value is not finite, or the loss is above the start's and rose in each of the last 5 steps
        (3 to 5 in a shorter run) at a rate above the rule's limit, or in each of the last 25 where no limit is known
        or the rate is below it; never so where the rule's steps are bounded.
        ``"converged"``: λmin > 0 and the Newton step is below 1e-6 of the domain's width in each coordinate.
        ``"oscillating"``: at least half of the last quarter's steps overshoot, the best loss fell there by less than
        1e-3 of its total fall, and what is left to lose (½·gᵀH⁻¹g) did not halve.
        ``"slow"``: none of these; the steps ended while the loss could still fall. Tested in this order.
    cause : str
        ``"rate too small"``, ``"rate too large"``, ``"ravine"``, ``"budget"``, or "" where all went well.
    advice : str
        One sentence, or "".
    text : Explanation
    """

    outcome: str
    cause: str
    advice: str
    text: Explanation


def verdict(evidence: Evidence, rule: Rule, k: int) -> Verdict:
    """Judge one run by its rows 0..k.

    Parameters
    ----------
    evidence : Evidence
        Of one run, without batch axes.
    rule : Rule
        With scalar hyperparameters.
    k : int
        The last row that counts.
    """
    if k == 0:
        text = Explanation("at the start", f"loss {short(float(evidence.losses[0]), 4)}", "", "at the start")
        return Verdict(
            "converged" if evidence.arrivals[0] else "slow", "" if evidence.arrivals[0] else "budget", "", text
        )
    outcome = _outcome(evidence, rule, k)
    cause = _cause(evidence, k, outcome)
    plain, brief = _plain(evidence, k, outcome, cause)
    text = Explanation(plain, _numbers(evidence, k), _formula(evidence, rule, k), brief)
    return Verdict(outcome, cause, _advice(evidence, rule, k, outcome, cause), text)


def _outcome(e: Evidence, rule: Rule, k: int) -> str:
    if _diverged(e, rule, k):
        return "diverged"
    if e.arrivals[k]:
        return "converged"
    quarter = max(1, k // 4)
    best = np.minimum.accumulate(e.losses[: k + 1])
    fell = best[k - quarter] - best[k]
    hopping = k >= 8 and np.mean(e.events.overshoots[k - quarter : k]) >= 0.5
    # a hop that gets shorter and shorter arrives, however little loss there is left to lose
    nearing = e.decrement[k] < 0.5 * e.decrement[k - quarter]
    if hopping and not nearing and fell <= 1e-3 * (best[0] - best[k]):
        return "oscillating"
    return "slow"


def _diverged(e: Evidence, rule: Rule, k: int) -> bool:
    if not (np.all(np.isfinite(e.losses[: k + 1])) and np.isfinite(e.moves[k - 1])):
        return True
    if rule.bounded:
        return False
    above = e.rates[k - 1] > e.limits[k] * (1.0 + 1e-12)
    needed = (min(PATIENCE, k) if k >= 3 else PATIENCE) if above else LONG_PATIENCE
    return bool(e.losses[k] > e.losses[0] and k >= needed and np.all(e.events.uphill[k - needed : k]))


def _cause(e: Evidence, k: int, outcome: str) -> str:
    if outcome == "converged":
        return ""
    if outcome in ("diverged", "oscillating"):
        return "rate too large"
    rate, limit = e.rates[k - 1], e.limits[k]
    if rate > limit:
        return "rate too large"
    recent = slice(max(0, k - PATIENCE), k)
    # a small share of the way that is left, and (where a limit is known) a rate far below it; a ball that turns back
    # is slow for a moment too, but it was rolling uphill before
    small = np.all(e.moves[recent] < 0.1 * np.linalg.norm(e.newton[k])) and not np.any(e.events.uphill[recent])
    if small and not rate >= 0.1 * limit:
        return "rate too small"
    if e.eigenvalues[k, 0] > 0 and e.eigenvalues[k, -1] > 100.0 * e.eigenvalues[k, 0]:
        return "ravine"
    return "budget"


def _plain(e: Evidence, k: int, outcome: str, cause: str) -> tuple[str, str]:
    """Give the verdict in plain words, and the same in a few."""
    recent = slice(max(0, k - PATIENCE), k)
    hopping = bool(np.all(e.events.overshoots[recent]))
    if outcome == "diverged":
        if not np.all(np.isfinite(e.losses[: k + 1])):
            first = int(np.argmin(np.isfinite(e.losses[: k + 1])))
            return (
                f"gone: at step {first} the numbers grew beyond all bounds",
                f"gone beyond all numbers, at step {first}",
            )
        if hopping:
            higher = "each hop lands higher"
            return f"{higher} on the other side: the step is too big for this valley", higher
        return "climbing ever higher: the step is too big for this surface", "climbing ever higher"
    if outcome == "converged":
        first = int(np.argmax(e.arrivals[: k + 1]))
        made = int(np.sum(e.events.overshoots[:first]))
        if made == 0:
            return (f"arrived smoothly, at step {first}",) * 2
        if made >= first - 1:
            told = f"arrived at step {first}, hopping over the valley at each step"
            return told, f"arrived at step {first}, a hop at each step"
        told = f"arrived at step {first}, after hopping over the valley {times(made)}"
        return told, f"arrived at step {first}, after {'1 hop' if made == 1 else f'{made} hops'}"
    if k >= 2 and np.all(e.events.uphill[k - 2 : k]):
        return ("each hop lands higher" if e.events.overshoots[k - 1] else "rolling uphill",) * 2
    if outcome == "oscillating":
        falling = not np.any(e.events.uphill[recent])
        still = "hardly sinking any more" if falling else "sinking no more"
        return f"hops to and fro over the valley, {still}", f"to and fro, {still}"
    remaining, fall = e.decrement[k], e.losses[0] - e.losses[k]
    if hopping and k > 1:
        return "hops over the valley at each step, still sinking", "hops at each step, still sinking"
    if remaining < 0.01 * (fall + remaining) and np.all(e.newton[k] < 0.05):
        return ("close to the bottom",) * 2
    if cause == "rate too small":
        return ("creeping: the steps are small",) * 2
    if cause == "ravine":
        return "creeping along the floor of a ravine", "creeping along a ravine"
    return ("still sinking",) * 2


def _numbers(e: Evidence, k: int) -> str:
    rate, limit, loss = float(e.rates[k - 1]), float(e.limits[k]), float(e.losses[k])
    share = f"rate {short(rate)}"
    if np.isfinite(limit):
        share += f", {short(rate / limit)} of the limit {short(limit)}"
    hops, rises = int(np.sum(e.events.overshoots[:k])), int(np.sum(e.events.uphill[:k]))
    made = "1 step" if k == 1 else f"{k} steps"
    return f"{share}; loss {short(loss, 4)} after {made}: {hops} overshot, {rises} went uphill"


def _formula(e: Evidence, rule: Rule, k: int) -> str:
    limit = float(e.limits[k])
    if not (rule.limit_formula and np.isfinite(limit)):
        return rule.formula.replace("\n", ",  ")
    rate, sharpness = float(e.rates[k - 1]), float(e.eigenvalues[k, -1])
    relation = ">" if rate > limit else "<"
    return f"η = {short(rate)} {relation} {rule.limit_formula} = {short(limit)}  (λmax = {short(sharpness)})"


def _advice(e: Evidence, rule: Rule, k: int, outcome: str, cause: str) -> str:
    rate, limit = float(e.rates[k - 1]), float(e.limits[k])
    if outcome == "oscillating" and not np.isfinite(limit):
        return f"Try a smaller rate, such as {short(rate / 10)}: the hops are as long as it allows."
    if cause == "rate too large" and limit / 2 >= rate:
        # the limit here says little: a smaller rate than this one it must be
        return f"Try {short(rounded_down(rate / 2))}, half of this rate."
    if cause in ("rate too small", "rate too large") and np.isfinite(limit):
        return f"Try {short(rounded_down(limit / 2))}, half of the limit."
    if cause == "rate too small":
        return f"Try a larger rate, such as {short(rate * 10)}."
    if cause == "rate too large":
        return f"Try a smaller rate, such as {short(rate / 10)}."
    if cause == "ravine":
        other = "" if "momentum" in rule.values else ", or use momentum"
        return f"Standardise the feature, which makes the valley round{other}."
    if cause == "budget":
        return "Give it more steps."
    return ""
