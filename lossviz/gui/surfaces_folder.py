"""The folder of a person's own surfaces: made with a first example, and shown by the desktop."""

import shutil
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from lossviz.resources import resource, user_folder

EXAMPLE = "my_bowl.toml"


def show_surfaces_folder() -> str:
    """Let the desktop show the folder; give the sentence that says what is wrong, or ""."""
    folder = user_folder("surfaces")
    try:
        _prepare(folder)
    except OSError as error:
        return f"The surfaces folder {folder} can't be made: {error.strerror or error}."
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return f"Nothing here can show folders; your own surfaces belong into {folder}."
    return ""


def _prepare(folder: Path) -> None:
    """Make the folder where there is none, with an example to begin from."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        shutil.copyfile(resource("templates", EXAMPLE), folder / EXAMPLE)
