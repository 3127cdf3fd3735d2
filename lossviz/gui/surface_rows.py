"""The rows of the surface picker: which test functions a search finds, in their groups."""

from collections.abc import Sequence

from lossviz.gui.picker_model import Offer, Row, found_rows
from lossviz.landscape.function import formula_of
from lossviz.landscape.function_file import GROUPS, Definition
from lossviz.scene.gallery import Gallery, Thumbnail

TITLES = {"lecture": "Lecture", "more": "More", "own": "Yours"}
NONE_YET = "None yet: put a file of your own into the surfaces folder (File menu)."
MANY_KNOWN, MANY_HOLLOWS = 3, 6
"""Minima that are named, and those that are told apart in the picture, from which a search for many finds them."""


class Shown:
    """A gallery that can be searched.

    Parameters
    ----------
    gallery : Gallery
    """

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self._titles = {group: TITLES[group] for group in GROUPS}
        self._offers = [
            Offer(
                Row(each.title, each.name, formula_of(each), told=each.teaches),
                each.group,
                _words(each, gallery.thumbnails.get(each.name)),
            )
            for each in gallery.catalogue.definitions
        ]

    def named(self, name: str) -> Definition | None:
        """Give the test function of that name, if there is one."""
        return next((each for each in self.gallery.catalogue.definitions if each.name == name), None)

    def rows(self, search: str) -> tuple[Row, ...]:
        """Give the rows that a search finds.

        What is wrong with the files of the person's own folder comes last, where nothing is searched for.
        """
        rows = found_rows(self._offers, self._titles, search)
        if search.strip():
            return tuple(rows or [Row(f"No surface has “{search.strip()}” in its name, formula or text.")])
        return (*rows, *self._troubles(own_are_there=any(row.text == TITLES["own"] for row in rows)))

    def _troubles(self, own_are_there: bool) -> Sequence[Row]:
        problems = self.gallery.catalogue.problems
        rows = [Row(problem) for problem in problems]
        if problems:
            return [Row("Can't be used", heading=True), *rows]
        return [] if own_are_there else [Row(TITLES["own"], heading=True), Row(NONE_YET)]


def _words(definition: Definition, thumbnail: Thumbnail | None) -> str:
    """Give all that a search looks at."""
    known, hollows = len(definition.minima), thumbnail.hollows if thumbnail is not None else 0
    if known >= MANY_KNOWN or hollows >= MANY_HOLLOWS:
        count = "many minima"
    else:
        count = ("", "one minimum", "two minima")[known]
    parts = (
        definition.title,
        definition.name,
        definition.name.replace("_", " "),
        TITLES[definition.group],
        definition.formula,
        formula_of(definition),
        definition.teaches,
        definition.convention,
        definition.source,
        count,
    )
    return "\n".join(parts).casefold()
