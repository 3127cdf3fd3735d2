"""What is happening: the selected run at the step that is seen, in words and numbers."""

from dataclasses import dataclass

import numpy as np

from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.wording import short, times
from lossviz.scene.frame import Frame
from lossviz.scene.scene import Descent, Scene

Row = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Happening:
    """What a panel shows of the selected run.

    Parameters
    ----------
    title : str
    rows : tuple of (name, values)
        Numbers: one text across, or two, of weight and bias.
    event : str
        The name of what the next step does, or of how the run ended: "Overshoot", "Arrived".
    sentence : str
        The same in plain words.
    advice : str
        What to try, or "".
    """

    title: str
    rows: tuple[Row, ...]
    event: str
    sentence: str
    advice: str = ""


def fixed(value: float) -> str:
    """Write a number with three decimals where that says enough, else in short; with a true minus."""
    if not np.isfinite(value):
        return short(value)
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3f}".replace("-", "−")
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def signed(value: float) -> str:
    """Write a change with its sign."""
    text = fixed(value)
    return text if text.startswith("−") or not np.isfinite(value) else f"+{text}"


def describe(frame: Frame) -> Happening | None:
    """Describe the selected run at the frame's step; None where nothing is selected."""
    descent = frame.scene.selected
    if descent is None:
        return None
    t, scene = descent.trajectory, frame.scene
    k = min(frame.row, t.steps)
    title = f"Step {k} of the descent with {descent.label}"
    if k >= descent.finite:
        verdict = t.verdict_at(k)
        sentence = _capital(verdict.text.plain.removeprefix("gone: "))
        return Happening(title, (("loss", ("beyond all numbers",)),), "Gone.", sentence, verdict.advice)
    w, b = (float(value) for value in t.path[k])
    slope = t.gradients[k]
    rows: list[Row] = [
        ("", ("weight w", "bias b")),
        ("at", (fixed(w), fixed(b))),
        ("slope", (fixed(float(slope[0])), fixed(float(slope[1])))),
    ]
    if k < t.steps and k + 1 < descent.finite:
        move = t.path[k + 1] - t.path[k]
        rows.append(("next step", (signed(float(move[0])), signed(float(move[1])))))
    rows += _loss(scene, float(t.losses[k]))
    # a run that stopped at its start made no step
    rate = t.learning_rates[min(k, t.steps - 1)] if t.steps else t.rule.learning_rate
    # the limit is the same everywhere on a quadratic alone
    here = "" if scene.surface.measure.name == "mse" else " here"
    rows += _rate(t.evidence, k, float(rate), here)
    rows += _in_columns(scene, w, b)
    if k == t.steps:
        verdict = t.verdict
        names = {
            "converged": "Arrived.",
            "diverged": "Never arrives.",
            "oscillating": "To and fro.",
            "slow": "Not there.",
        }
        return Happening(title, tuple(rows), names[verdict.outcome], _capital(verdict.text.plain), verdict.advice)
    event, sentence = _event(scene, descent, k)
    return Happening(title, tuple(rows), event, sentence)


def _loss(scene: Scene, loss: float) -> list[Row]:
    """Give the loss, and a mean square's root, which has the unit of the label."""
    rows: list[Row] = [("loss", (f"{fixed(loss)} {scene.loss_unit}".rstrip(),))]
    if scene.surface.measure.name == "mse":
        rows.append(("RMSE", (f"{fixed(float(np.sqrt(loss)))} {scene.surface.data.label_unit}".rstrip(),)))
    return rows


def _rate(evidence: Evidence, k: int, rate: float, here: str) -> list[Row]:
    limit = float(evidence.limits[k])
    if np.isfinite(limit):
        share = rate / limit
        # two decimals: 1.03 must not read as 1
        part = f"{share:.2f}".removeprefix("0") if 0.1 <= share < 10 else short(share, 2)
        return [("rate", (f"{short(rate)}, {part} of the limit {short(limit)}{here}",))]
    return [("rate", (short(rate),))]


def _in_columns(scene: Scene, w: float, b: float) -> list[Row]:
    """Give the line in the columns' own units, beside that of the smallest loss (of least squares)."""
    data = scene.surface.data
    if data.feature_line is None or data.label_line is None:
        return []
    binary = scene.surface.measure.binary
    label, feature = "log-odds" if binary else data.label_line.column, data.feature_line.column

    def line(w: float, b: float) -> str:
        slope, intercept = data.in_columns(w, b)
        sign = "−" if slope < 0 else "+"
        return f"{label} = {_plain(intercept)} {sign} {_plain(abs(slope))}·{feature}"

    rows: list[Row] = [("line", (line(w, b),))]
    if scene.minimum is not None:
        rows.append(("best" if binary else "least sq.", (line(*scene.minimum[:2]),)))
    return rows


def _plain(value: float) -> str:
    """Write a coefficient in four significant digits, without an exponent where it can be read without."""
    if not 1e-4 < abs(value) < 1e6:
        return short(value, 4)
    decimals = max(0, 3 - int(np.floor(np.log10(abs(value)))))
    return f"{value:,.{min(decimals, 2)}f}".replace("-", "−") if abs(value) >= 1 else short(value, 3)


def _event(scene: Scene, descent: Descent, k: int) -> tuple[str, str]:
    """Name the step from row k to the next, and say what it does."""
    t = descent.trajectory
    happened = t.evidence.events
    over, zig, up = bool(happened.overshoots[k]), bool(happened.zigzags[k]), bool(happened.uphill[k])
    limit = float(t.evidence.limits[k])
    share = float(t.learning_rates[k]) / limit if np.isfinite(limit) else np.nan
    if k + 1 >= descent.finite:
        return "Off.", "The step leads beyond all numbers."
    if t.evidence.arrivals[k]:
        return "At the bottom.", "The slope is zero here to the precision that counts: every step stays."
    if over and up:
        end = ": the rate is too large." if share > 1 else "."
        return "Overshoot, uphill.", f"The step hops over the valley floor and lands higher on the other side{end}"
    if over:
        end = ": the rate is nearly too large." if share > 0.9 else "."
        return "Overshoot.", f"The step hops over the valley floor and lands on the other side, a little lower{end}"
    if up:
        return (
            "Uphill.",
            "The step ends higher than it began: what the rule remembers carries it on, against the slope.",
        )
    if zig:
        return (
            "Zig-zag.",
            "Across the valley the slope changes its sign, yet along its own way the step only goes down.",
        )
    if scene.minimum is not None:
        width = np.array(scene.surface.domain.width)
        left = float(np.linalg.norm((np.array(scene.minimum[:2]) - t.path[k]) / width))
        steps = left / max(1e-300, float(t.evidence.moves[k]))
        if 10.0 < steps < 1e6:
            return (
                "Downhill, slowly.",
                f"The step goes down the slope, but the way to ★ is {times(round(steps))} as long.",
            )
    return "Downhill.", "The step goes down the slope and stays on this side of the valley."


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
