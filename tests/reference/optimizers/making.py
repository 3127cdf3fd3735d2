"""A library's optimizer, made of hyperparameters in lossviz's names."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any


def asked(made: Callable[..., Any], names: Mapping[str, str], *, switch: Mapping[str, Any] | None = None) -> Any:
    """Give what makes an optimizer of hyperparameters in lossviz's names; what is not given stays the library's own.

    Parameters
    ----------
    made : class or function
    names : mapping
        The library's names by lossviz's; ``"betas.0"`` is a place in a tuple. Equal names need none.
    switch : mapping, optional
        What is always given to the library.
    """

    def make(*parameters, **given):
        arguments = dict(switch or {})
        for name, value in given.items():
            theirs, _, place = names.get(name, name).partition(".")
            if place:
                pair = list(arguments.get(theirs) or inspect.signature(made).parameters[theirs].default)
                pair[int(place)] = value
                arguments[theirs] = tuple(pair)
            else:
                arguments[theirs] = value
        return made(*parameters, **arguments)

    return make
