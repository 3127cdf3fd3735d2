"""The task of showing the test functions: read them, and draw a small picture of each."""

from collections.abc import Generator

from lossviz.jobs.memory import Shelf
from lossviz.landscape.function import Function
from lossviz.landscape.functions import reading_catalogue
from lossviz.scene.gallery import Gallery, Thumbnail, drawing


def show_surfaces(shelf: Shelf[Thumbnail]) -> Generator[float | Gallery, None, Gallery]:
    """Read the test functions, and draw those that aren't on the shelf; each picture comes as soon as it is there."""
    catalogue = yield from reading_catalogue()
    kept = {definition.name: shelf.get(definition) for definition in catalogue.definitions}
    drawn = {name: thumbnail for name, thumbnail in kept.items() if thumbnail is not None}
    for definition in catalogue.definitions:
        if definition.name not in drawn:
            yield Gallery(catalogue, dict(drawn))
            drawn[definition.name] = shelf.put(definition, (yield from drawing(Function(definition))))
    return Gallery(catalogue, drawn)
