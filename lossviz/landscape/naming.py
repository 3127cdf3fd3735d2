"""Names that people type: finding the nearest one that exists."""

from collections.abc import Iterable


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """Say in one sentence that `name` is not a known `kind`, and which one is nearest.

    Parameters
    ----------
    kind : str
        What was asked for, with its article: ``"an optimizer"``.
    name : object
        What was typed.
    known : iterable of str
        The names that exist.
    """
    # needed only when something is wrong, and slow to load
    from difflib import get_close_matches

    names = list(known)
    typed = " ".join(str(name).split())
    small = typed.lower()
    near = [small] if small in names else get_close_matches(typed, names, n=1) or get_close_matches(small, names, n=1)
    if near and isinstance(name, str):
        return f"'{typed}' is not {kind}; did you mean '{near[0]}'?"
    return f"'{typed}' is not {kind}; known: {', '.join(names) if names else 'none'}."


def text_column(name: str) -> str:
    """Say in one sentence that nothing can be reckoned with a column."""
    return f"the column '{name}' holds text, not numbers."
