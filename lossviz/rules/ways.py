"""Ways: whose ways there are of an optimizer or a schedule, and the class of each, loaded when it is used."""

from collections.abc import Mapping
from importlib import import_module

from lossviz.landscape.naming import unknown

CONVENTIONS = {"pytorch": "PyTorch", "keras": "Keras", "optax": "Optax"}
"""Whose way of a rule can be had; and how they are written."""


def found(table: Mapping[str, Mapping[str, str]], package: str, kind: str, name: str, convention: str) -> object:
    """Give the class of this name in this convention.

    PyTorch's convention means the first way of what PyTorch doesn't have.

    Parameters
    ----------
    table : mapping
        Of each name the ways, each as ``"module.Class"`` below `package`.
    kind : str
        What is looked for, with its article: ``"an optimizer"``.

    Raises
    ------
    ValueError
        If there is none.
    """
    if not isinstance(name, str) or name not in table:
        raise ValueError(unknown(kind, name, table))
    if not isinstance(convention, str) or convention not in CONVENTIONS:
        raise ValueError(unknown("a convention", convention, CONVENTIONS))
    ways = table[name]
    if convention not in ways and convention != "pytorch":
        has = ", ".join(other for other, of_other in table.items() if convention in of_other) or "none"
        noun = kind.partition(" ")[2]
        raise ValueError(f"{CONVENTIONS[convention]} has no {noun} {name}; of those here it has {has}.")
    module, _, of_class = ways.get(convention, next(iter(ways.values()))).rpartition(".")
    return getattr(import_module(f"{package}.{module}"), of_class)
