"""Gradient and Hessian of a formula by forward mode: each node's derivatives are made of those of its operands.

At a kink the slope is PyTorch's: 0 for ``abs`` and ``relu``, half of each at a tie of ``max`` and ``min``, 1 at the
bounds of ``clip``. What selects (``where``, ``max``, ``relu``, …) selects the derivatives too and multiplies nothing:
what was not chosen can't spoil what was.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lossviz.landscape.calculus.graph import B, Graph, Node, W, in_order
from lossviz.landscape.calculus.slopes import INFINITELY_STEEP, SLOPES

PAIRS = ((0, 0), (0, 1), (1, 1))
"""The entries of a Hessian by w and b that differ."""


@dataclass(frozen=True)
class Jet:
    """The derivatives of a node by w and b; None where it is 0 whatever they are.

    Parameters
    ----------
    first : tuple of 2
    second : tuple of 3
        By PAIRS; all None where only first ones were asked for.
    """

    first: tuple[Node | None, ...] = (None, None)
    second: tuple[Node | None, ...] = (None, None, None)

    @property
    def all(self) -> tuple[Node | None, ...]:
        """All five."""
        return self.first + self.second


def derivatives(graph: Graph, value: Node, order: int) -> list[Node]:
    """Give [slope by w, by b] of a node, and for order 2 also the second derivatives by PAIRS."""
    jets: dict[Node, Jet] = {}
    chain = _Chain(graph, order)
    for node in in_order([value]):
        jets[node] = chain.jet(node, [jets[operand] for operand in node.operands])
    found = jets[value].first if order == 1 else jets[value].all
    return [node or graph.number(0.0) for node in found]


class _Chain:
    """The chain rule, operation by operation."""

    def __init__(self, graph: Graph, order: int) -> None:
        self.graph = graph
        self.order = order

    def jet(self, node: Node, inner: list[Jet]) -> Jet:
        """Give the derivatives of a node from those of its operands."""
        graph = self.graph
        if node is graph.w or node is graph.b:
            unit = graph.number(1.0)
            return Jet((unit, None) if node is graph.w else (None, unit))
        if not node.uses & (W | B) or node.condition:
            return Jet()
        match node.operation:
            case "add":
                return self._selected(inner, self._sum)
            case "subtract":
                return self._selected(inner, self._difference)
            case "divide":
                return self._quotient(node, *inner)
            case "where":
                return self._selected(inner[1:], lambda x, y: self._choice(node.operands[0], x, y))
            case "max":
                one, other = node.operands
                return self._selected(inner, lambda x, y: self._extreme(one, other, x, y))
            case "min":
                one, other = node.operands
                return self._selected(inner, lambda x, y: self._extreme(other, one, x, y))
            case "relu":
                off = graph.apply("less_equal", node.operands[0], graph.number(0.0))
                return self._selected(inner, lambda x: self._choice(off, None, x))
            case "clip":
                at, low, high = node.operands
                return self._selected(
                    inner, lambda x, by_low, by_high: self._clipped(at, low, high, x, by_low, by_high)
                )
            case "sign" | "floor" | "indicator":
                return Jet()
            case "multiply":
                x, y = node.operands
                return self._chained(inner, (y, x), {(0, 1): lambda: graph.number(1.0)})
            case "power":
                return self._power(node, inner)
            case "hypot":
                return self._hypot(node, inner)
            case "atan2":
                return self._atan2(node, inner)
        slope, bend = SLOPES[node.operation]
        (x,) = node.operands
        first = slope(graph, x, node)
        steep = node.operation in INFINITELY_STEEP
        return self._chained(inner, (first,), {(0, 0): lambda: bend(graph, x, node, first)}, steep)

    # what is linear in the derivatives

    def _selected(self, inner: list[Jet], rule: Callable[..., Node | None]) -> Jet:
        found = [rule(*parts) if any(parts) else None for parts in zip(*(jet.all for jet in inner), strict=True)]
        return Jet(tuple(found[:2]), tuple(found[2:]))

    def _sum(self, x: Node | None, y: Node | None) -> Node | None:
        return self._some(self.graph.add(x, y)) if x and y else x or y

    def _difference(self, x: Node | None, y: Node | None) -> Node | None:
        if y is None:
            return x
        return self._some(self.graph.subtract(x, y) if x else self.graph.negative(y))

    def _choice(self, condition: Node, x: Node | None, y: Node | None) -> Node | None:
        zero = self.graph.number(0.0)
        return self._some(self.graph.where(condition, x or zero, y or zero))

    def _extreme(self, larger: Node, other: Node, x: Node | None, y: Node | None) -> Node | None:
        """Give the derivative of the larger one, and half of each where they are equal."""
        both = self._sum(x, y)
        half = both and self.graph.multiply(self.graph.number(0.5), both)
        less, more = self.graph.apply("less", larger, other), self.graph.apply("less", other, larger)
        return self._choice(less, y, self._choice(more, x, half))

    def _clipped(
        self, at: Node, low: Node, high: Node, x: Node | None, by_low: Node | None, by_high: Node | None
    ) -> Node | None:
        graph = self.graph
        inside = graph.both(graph.apply("less_equal", low, at), graph.apply("less_equal", at, high))
        above, crossed = graph.apply("less", high, at), graph.apply("less", high, low)
        return self._choice(inside, x, self._choice(above, by_high, self._choice(crossed, by_high, by_low)))

    def _quotient(self, node: Node, x: Jet, y: Jet) -> Jet:
        """With q = x/y: q_i = (x_i − q y_i)/y, and q_ij = (x_ij − q_i y_j − q_j y_i − q y_ij)/y."""
        graph = self.graph
        below = node.operands[1]

        def divided(top: Node | None) -> Node | None:
            return top and self._some(graph.divide(top, below))

        first = [divided(self._difference(x.first[i], self._times(node, y.first[i]))) for i in (0, 1)]
        second: list[Node | None] = []
        for pair, (i, j) in enumerate(PAIRS if self.order == 2 else ()):
            top = self._difference(x.second[pair], self._times(first[i], y.first[j]))
            top = self._difference(top, self._times(first[j], y.first[i]))
            second.append(divided(self._difference(top, self._times(node, y.second[pair]))))
        return Jet(tuple(first), tuple(second) or (None,) * 3)

    # what has partial derivatives

    def _chained(
        self,
        inner: list[Jet],
        slopes: tuple[Node | None, ...],
        bends: dict[tuple[int, int], Callable[[], Node]],
        steep: bool = False,
    ) -> Jet:
        """f_i = Σ f_a·a_i and f_ij = Σ f_a·a_ij + Σ f_ac·a_i·c_j over the operands a and c."""
        times = self._times_steep if steep else self._times
        first: list[Node | None] = [None, None]
        for slope, jet in zip(slopes, inner, strict=True):
            first = [self._sum(so_far, times(slope, by)) for so_far, by in zip(first, jet.first, strict=True)]
        second: list[Node | None] = [None] * 3
        for pair, (i, j) in enumerate(PAIRS if self.order == 2 else ()):
            total: Node | None = None
            for slope, jet in zip(slopes, inner, strict=True):
                total = self._sum(total, times(slope, jet.second[pair]))
            for (a, c), bend in bends.items():
                moves = self._times(inner[a].first[i], inner[c].first[j])
                if a != c:
                    moves = self._sum(moves, self._times(inner[c].first[i], inner[a].first[j]))
                if moves:
                    total = self._sum(total, times(bend(), moves))
            second[pair] = total
        return Jet(tuple(first), tuple(second))

    def _power(self, node: Node, inner: list[Jet]) -> Jet:
        graph = self.graph
        x, y = node.operands
        zero, one, two = (graph.number(value) for value in (0.0, 1.0, 2.0))
        less_one = graph.subtract(y, one)
        falling = graph.multiply(y, less_one)

        # 0 times an infinite power is 0: x**0 and x**1 are smooth at 0
        def by_x() -> Node:
            return graph.where(graph.apply("equal", y, zero), zero, graph.multiply(y, graph.power(x, less_one)))

        def by_xx() -> Node:
            bend = graph.multiply(falling, graph.power(x, graph.subtract(y, two)))
            return graph.where(graph.apply("equal", falling, zero), zero, bend)

        if not y.uses & (W | B):
            # an integer power has no steep place
            steep = not y.constant or y.number % 1.0 != 0.0
            return self._chained(inner[:1], (by_x(),), {(0, 0): by_xx}, steep)

        at_zero = graph.apply("equal", x, zero)
        logarithm = graph.apply("log", x)

        # 0**y stands still while y changes
        def by_y() -> Node:
            still = graph.both(at_zero, graph.apply("less_equal", zero, y))
            return graph.where(still, zero, graph.multiply(node, logarithm))

        def by_yy() -> Node:
            still = graph.both(at_zero, graph.apply("less_equal", zero, y))
            return graph.where(still, zero, graph.product(node, logarithm, logarithm))

        def by_xy() -> Node:
            still = graph.both(at_zero, graph.apply("less", one, y))
            bend = graph.multiply(graph.power(x, less_one), graph.add(one, graph.multiply(y, logarithm)))
            return graph.where(still, zero, bend)

        slopes = (by_x() if x.uses & (W | B) else None, by_y())
        return self._chained(inner, slopes, {(0, 0): by_xx, (0, 1): by_xy, (1, 1): by_yy})

    def _hypot(self, node: Node, inner: list[Jet]) -> Jet:
        graph = self.graph
        zero = graph.number(0.0)
        # at the tip of the cone it is taken to be flat
        tip = graph.apply("equal", node, zero)
        x, y = (graph.where(tip, zero, graph.divide(operand, node)) for operand in node.operands)

        def bend(first: Node, second: Node, sign: float) -> Callable[[], Node]:
            return lambda: graph.where(
                tip, zero, graph.divide(graph.product(sign, graph.multiply(first, second)), node)
            )

        return self._chained(
            inner, (x, y), {(0, 0): bend(y, y, 1.0), (0, 1): bend(x, y, -1.0), (1, 1): bend(x, x, 1.0)}
        )

    def _atan2(self, node: Node, inner: list[Jet]) -> Jet:
        """θ of (y, x) at distance r: θ_y = cos/r, θ_x = −sin/r, where y = r sin and x = r cos."""
        graph = self.graph
        zero = graph.number(0.0)
        away = graph.apply("hypot", *node.operands)
        tip = graph.apply("equal", away, zero)
        sine, cosine = (graph.divide(operand, away) for operand in node.operands)

        def over(top: Node) -> Node:
            return graph.where(tip, zero, graph.divide(top, away))

        twice = graph.product(2.0, graph.multiply(sine, cosine))
        square = graph.multiply(graph.subtract(sine, cosine), graph.add(sine, cosine))

        def bend(top: Node) -> Callable[[], Node]:
            return lambda: over(graph.divide(top, away))

        return self._chained(
            inner,
            (over(cosine), over(graph.negative(sine))),
            {(0, 0): bend(graph.negative(twice)), (0, 1): bend(square), (1, 1): bend(twice)},
        )

    # products and sums in which 0 is None

    def _times(self, x: Node | None, y: Node | None) -> Node | None:
        if x is None or y is None or _is_zero(x) or _is_zero(y):
            return None
        return self._some(self.graph.multiply(x, y))

    def _times_steep(self, slope: Node | None, by: Node | None) -> Node | None:
        """Give slope times by; 0 where `by` is, even where the slope is infinite."""
        product = self._times(slope, by)
        if product is None or by is None:
            return None
        zero = self.graph.number(0.0)
        return self._some(self.graph.where(self.graph.apply("equal", by, zero), zero, product))

    def _some(self, node: Node) -> Node | None:
        return None if _is_zero(node) else node


def _is_zero(node: Node) -> bool:
    return node.constant and node.number == 0.0
