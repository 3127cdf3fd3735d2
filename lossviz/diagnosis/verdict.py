"""Verdict: how a run went, why, and what to try; judged from losses, gradients and curvature together."""

from dataclasses import dataclass

import numpy as np

from lossviz.diagnosis.cause import advice_on, cause_of
from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.outcome import outcome_of
from lossviz.diagnosis.telling import in_numbers, in_symbols, in_words
from lossviz.numerals import short
from lossviz.rules.base import Rule


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
        The first of these that holds. *Width* is that of the domain in each coordinate; a surface is *plain* where its
        loss is known to be convex or quadratic: then a limit for the rate means the same everywhere.

        ``"diverged"``: a loss or a place is not finite, and neither ``"left"`` nor ``"no_minimum"`` is the case. Or the
        loss is above the start's and rose in each of the last 5 steps (3 to 5 in a shorter run) at a rate above the
        rule's limit (where the place has none, the lowest on the way so far), or in each of the last 25 where none is
        known or the rate is below it; on a surface that is not plain only outside the domain, and with the last of
        these steps no shorter than the first; never so where the rule's steps are bounded, or a schedule has taken the
        rate below a tenth of its highest. Or, where each step saw a part of the samples, the run is outside the domain
        and above the start, and the median loss more than doubled from quarter to quarter.
        ``"left"``: the loss is no number at a place within a million widths of the domain: off the edge of a sampled
        surface or in its hole, or where a formula has no value. There the descent stops.
        ``"converged"``: λmin > 0 and the Newton step is below 1e-6 of the width. Of a convex loss that has a minimum
        also where λmin is 0 to rounding and the slope at most what the curvature makes of 1e-6 of the width: one of a
        line of minima. Of a loss that is not smooth also within 1e-6 of the width of the exact minimiser, if that is
        known. Where such a loss may not be convex and its slope counts as 0, the losses 1e-4 of the width away decide:
        all higher, it has converged; one lower, it stands at a ``"saddle"``.
        ``"saddle"``: the Newton step is below 1e-6 and the last step below 1e-3 of the width, and λmin < 0 < λmax.
        ``"maximum"``: the same with λmax < 0.
        ``"plateau"``: the loss is not known to be convex, the last step was below 1e-3 of the width, and no Newton step
        below 0.05 of it leads to a bottom; and by its second order the loss changes within a tenth of the width by at
        most 1e-4 of the relief (how far the median of the domain's losses lies above the lowest), or the slope is 0 to
        rounding and the Hessian singular.
        ``"corner"``: the best loss fell in the last quarter by at most 1e-3 of its total fall, and at least twice there
        a step overshot and changed the slope by more than twice what curvature explains, on a loss whose slope jumps.
        Never so where the rule's steps are bounded, as they hop on any ground, or where each saw a part of the samples.
        ``"noise_floor"``: each step saw a part of the samples only; the median loss fell from the third quarter to the
        last by at most 1e-2 of its fall since the start, or half of how far the last quarter's losses scatter, and
        between 0.25 and 0.6 of the last quarter's steps led uphill.
        ``"no_minimum"``: the loss is known to fall for ever as the parameters grow (separable data), and fell over the
        last quarter. Or the run is outside the domain, below the lowest loss of it by more than the relief, not in a
        bowl, and its last 5 steps all led downhill and shrank by less than a tenth.
        ``"oscillating"``: at least half of the last quarter's steps overshoot, the best loss fell there by at most 1e-3
        of its total fall, and what is left to lose (½·gᵀH⁻¹g) did not halve. On a surface that is not plain a third is
        enough, and where the rule remembers no velocity, steps uphill count too; and the mean step did not shrink to
        0.84 over that quarter's halves.
        ``"slow"``: none of these; the steps ended while the loss could still fall.
    cause : str
        ``"rate too small"``, ``"rate too large"``, ``"ravine"``, ``"noise"``, ``"flat"``, ``"no curvature"``,
        ``"budget"``, or "" where all went well, there was nowhere to begin, or the surface has no minimum, or an end.
    advice : str
        One sentence, or "".
    text : Explanation
    """

    outcome: str
    cause: str
    advice: str
    text: Explanation


def verdict(evidence: Evidence, rule: Rule, k: int, raw_feature: bool = False) -> Verdict:
    """Judge one run by its rows 0..k.

    Parameters
    ----------
    evidence : Evidence
        Of one run, without batch axes.
    rule : Rule
        With scalar hyperparameters.
    k : int
        The last row that counts.
    raw_feature : bool
        Whether there is a feature that could be standardised.
    """
    if not np.isfinite(evidence.losses[0]):
        nowhere = "nowhere to begin: at the start the loss is not a finite number"
        text = Explanation(nowhere, "no finite loss at the start", "", "no finite loss at the start")
        return Verdict("diverged", "", "Start elsewhere.", text)
    if k == 0:
        text = Explanation("at the start", f"loss {short(float(evidence.losses[0]), 4)}", "", "at the start")
        outcome = outcome_of(evidence, rule, 0)
        return Verdict(outcome, "budget" if outcome == "slow" else cause_of(evidence, rule, 0, outcome), "", text)
    outcome = outcome_of(evidence, rule, k)
    cause = cause_of(evidence, rule, k, outcome)
    plain, brief = in_words(evidence, rule, k, outcome, cause)
    text = Explanation(plain, in_numbers(evidence, k, outcome), in_symbols(evidence, rule, k), brief)
    return Verdict(outcome, cause, advice_on(evidence, rule, k, outcome, cause, raw_feature), text)
