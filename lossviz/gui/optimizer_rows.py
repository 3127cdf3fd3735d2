"""The rows of the optimizer picker: which optimizers a search finds, in their groups."""

import re
from collections.abc import Sequence

from lossviz.gui.picker_model import Offer, Row, found_rows
from lossviz.rules import CONVENTIONS, GROUPS, conventions, rule_class
from lossviz.rules.base import Rule

TITLES = {"lecture": "Lecture", "more": "More", "curvature": "With curvature"}

_CLASS = re.compile(r"\b(?:torch\.optim|keras\.optimizers|optax|qhoptim)(?:\.\w+)+")
"""A library's own name of an optimizer, as the docstrings of the rules have it."""


def ways(name: str) -> tuple[tuple[str, type[Rule]], ...]:
    """Give whose ways of an optimizer there are, each with its rule."""
    return tuple((convention, rule_class(name, convention)) for convention in conventions(name))


def library_classes(name: str) -> tuple[str, ...]:
    """Give what an optimizer is called in the libraries: ``"torch.optim.NAdam"``, ``"optax.nadam"``."""
    found = [called for _, rule in ways(name) for called in _CLASS.findall(rule.__doc__ or "")]
    return tuple(dict.fromkeys(found))


def libraries(name: str) -> str:
    """Give the libraries whose ways of an optimizer differ: ``"PyTorch · Keras"``; "" where there is only one way."""
    return " · ".join(CONVENTIONS[way] for way in conventions(name)) if len(conventions(name)) > 1 else ""


class OptimizerOffers:
    """The optimizers that there are, to be searched."""

    def __init__(self) -> None:
        self.all: Sequence[Offer] = [_offer(name, group) for group, names in GROUPS.items() for name in names]

    def rows(self, search: str) -> tuple[Row, ...]:
        """Give the rows that a search finds."""
        titles = {group: TITLES.get(group, group.capitalize()) for group in GROUPS}
        rows = found_rows(self.all, titles, search)
        return tuple(rows or [Row(f"No optimizer has “{search.strip()}” in its name, formula or text.")])


def _offer(name: str, group: str) -> Offer:
    each = [rule for _, rule in ways(name)]
    usual = each[0]
    words = [name, name.replace("_", " "), TITLES.get(group, group), *library_classes(name)]
    words += [CONVENTIONS[convention] for convention in conventions(name)]
    for rule in each:
        words += [rule.title, rule.formula, rule.source, rule.good, rule.bad, rule.__doc__ or ""]
        words += [param.name.replace("_", " ") for param in rule.params()]
    return Offer(
        Row(usual.title, name, libraries(name), told=usual.good), group, "\n".join(dict.fromkeys(words)).casefold()
    )
