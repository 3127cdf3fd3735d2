"""What every section of an experiment is, and what is said where one can't be used."""

import msgspec

Pair = tuple[float, float]


class ExperimentError(ValueError):
    """An experiment that can't be used: one sentence with file, key and what was expected."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()))


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the file: frozen, with no other keys than its fields, and written without its defaults."""
