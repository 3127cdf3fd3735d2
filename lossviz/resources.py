"""Where the shipped data lie, and where a person's own do: the only module that knows."""

import os
import sys
from pathlib import Path

_HERE = Path(__file__).parent


def root() -> Path:
    """Give the folder of the shipped data: inside an installed package, else the checkout's own."""
    installed = _HERE / "_resources"
    return installed if installed.is_dir() else _HERE.parent / "resources"


def resource(*parts: str) -> Path:
    """Give the path of one shipped file or folder, such as ``resource("datasets", "birthwt.csv")``."""
    return root().joinpath(*parts)


def shipped(folder: str, suffix: str) -> tuple[str, ...]:
    """Name the shipped files of a folder that end in `suffix`, without it, in alphabetical order."""
    return tuple(sorted(path.name.removesuffix(suffix) for path in resource(folder).glob(f"*{suffix}")))


def user_folder(name: str) -> Path:
    """Give the folder for a person's own files of a kind, such as ``user_folder("surfaces")``; it need not exist.

    It lies where the platform keeps such data: below $XDG_DATA_HOME or ~/.local/share, below ~/Library/Application
    Support on macOS, below %APPDATA% on Windows.
    """
    if sys.platform == "win32":
        given, usual = os.environ.get("APPDATA", ""), "~/AppData/Roaming"
    elif sys.platform == "darwin":
        given, usual = "", "~/Library/Application Support"
    else:
        given, usual = os.environ.get("XDG_DATA_HOME", ""), "~/.local/share"
    # a relative path is to be ignored, says the XDG base directory specification; unlike Path.home this never raises
    base = Path(given) if os.path.isabs(given) else Path(os.path.expanduser(usual))
    return base / "lossviz" / name


def program_version() -> str:
    """Give lossviz's version as it was installed, or ``"0+checkout"`` where it runs without being installed."""
    # asked for seldom, and slow to load
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("lossviz")
    except PackageNotFoundError:
        return "0+checkout"
