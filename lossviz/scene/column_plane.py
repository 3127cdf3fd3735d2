"""Column plane: the plane of two weights over the columns themselves, in their own units."""

from lossviz.landscape.pair import PairFit
from lossviz.numerals import written_out
from lossviz.scene.column_line import feature_name, label_name
from lossviz.scene.plane import Tilt, plane_of


def column_tilt(pair: PairFit, w1: float, w2: float) -> Tilt:
    """Give both slopes and the intercept of the label's column; of log-odds, where the label is binary."""
    tilt, line = plane_of(pair).tilt(w1, w2), pair.first.label_line
    if pair.measure.binary or line is None:
        return tilt
    return Tilt(tilt.across / line.scale, tilt.up / line.scale, (tilt.at - line.shift) / line.scale)


def plane_equation(pair: PairFit, w1: float, w2: float) -> str:
    """Write a plane: ``"weight = −3110 + 160·weeks + 6·age"``; for binary labels that of the log-odds."""
    across, up, at = column_tilt(pair, w1, w2)
    text = f"{label_name(pair)} = {written_out(at)}"
    for slope, side in ((across, pair.first), (up, pair.second)):
        text += f" {'−' if slope < 0 else '+'} {written_out(abs(slope))}·{feature_name(side)}"
    return text
