"""Where the shipped data lie: the only module that knows."""

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


def program_version() -> str:
    """Give lossviz's version as it was installed, or ``"0+checkout"`` where it runs without being installed."""
    # asked for seldom, and slow to load
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("lossviz")
    except PackageNotFoundError:
        return "0+checkout"
