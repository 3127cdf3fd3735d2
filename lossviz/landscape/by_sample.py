"""The losses that are summed sample by sample, by name."""

from lossviz.landscape.logistic import CrossEntropy, SquaredError
from lossviz.landscape.piecewise import AbsoluteError, Hinge, Huber
from lossviz.landscape.pointwise import PointwiseFit

BY_SAMPLE: dict[str, type[PointwiseFit]] = {
    family.name: family for family in (AbsoluteError, Huber, CrossEntropy, SquaredError, Hinge)
}
