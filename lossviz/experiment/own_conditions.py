"""What a run does otherwise than all, in a few words: runs are told apart by that where they have no name."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lossviz.numerals import counted, short

if TYPE_CHECKING:
    from lossviz.experiment.sections import Run

MOST = 2
"""So many words are told; what else a run has of its own is left to the panel."""


def own_words(run: "Run") -> tuple[str, ...]:
    """Give the conditions that a run has of its own: ``("batch 32", "cosine")``."""
    words = [say(given) for name, say in _WORDS.items() if (given := getattr(run, name)) is not None]
    return tuple(words) if len(words) <= MOST else (*words[:MOST], "…")


def _schedule(given: Any) -> str:
    from lossviz.rules.schedules import schedule_class

    name = given if isinstance(given, str) else given.get("name", "")
    try:
        return schedule_class(name).title
    except ValueError:
        # the check of the experiment says so
        return str(name)


_WORDS: dict[str, Callable[[Any], str]] = {
    "batch_size": lambda size: f"batch {counted(size)}",
    "schedule": _schedule,
    "accumulate": lambda many: f"{counted(many)} batches a step",
    "clip_value": lambda limit: f"clip value {short(limit)}",
    "clip_norm": lambda limit: f"clip norm {short(limit)}",
    "clip_global_norm": lambda limit: f"clip global norm {short(limit)}",
    "average": lambda part: f"average {short(part)}",
    "rate_scale": lambda scale: f"rates × {short(scale[0])} and {short(scale[1])}",
    "decay_mask": lambda names: f"decay of {' and '.join(names)}",
    "precision": str,
    "check_every": lambda every: f"looks every {counted(every)}",
    "check_seconds": lambda seconds: f"looks every {short(seconds)} s",
    "shuffle": lambda on: "shuffled" if on else "in the file's order",
    "drop_last": lambda on: "last batch left out" if on else "last batch kept",
    "seed": lambda seed: f"order {seed}",
    "epochs": lambda epochs: f"{short(epochs)} epochs",
}
"""Of each condition that a run may have of its own, what sets it apart."""
