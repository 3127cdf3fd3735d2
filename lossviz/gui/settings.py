"""Settings: what a person prefers and where things were, kept between two starts of the app."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QLocale, QSettings

RECENT, FORMULAS = 10, 20
"""Files and formulas that are remembered."""

THEMES = ("system", "light", "dark", "contrast")
LEVELS = ("plain", "numbers", "formula")
DECIMALS = ("system", "point", "comma")
ZOOMS = (0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0)


class Settings:
    """Typed values with defaults; what a damaged file says is left aside.

    Parameters
    ----------
    path : Path, optional
        An INI file; default: nothing is kept, as in tests.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._values: dict[str, Any] = {}
        self._file: QSettings | None = None
        if path is not None:
            self._file = QSettings(str(path), QSettings.Format.IniFormat)
            if self._file.status() != QSettings.Status.NoError:
                # begin anew: half a file may say anything
                self._file.clear()

    def _get(self, key: str) -> Any:
        return self._file.value(key) if self._file is not None else self._values.get(key)

    def _set(self, key: str, value: Any) -> None:
        if self._file is not None:
            self._file.setValue(key, value)
        else:
            self._values[key] = value

    def text(self, key: str, known: tuple[str, ...], default: str) -> str:
        """Give one of some texts."""
        value = self._get(key)
        return value if isinstance(value, str) and value in known else default

    def switch(self, key: str, default: bool = False) -> bool:
        """Give yes or no."""
        value = self._get(key)
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False}.get(str(value).lower(), default)

    def number(self, key: str, low: float, high: float, default: float) -> float:
        """Give a number from a range."""
        try:
            value = float(self._get(key))
        except (TypeError, ValueError):
            return default
        return value if low <= value <= high else default

    @property
    def decimal_sign(self) -> str:
        """The decimal sign of numbers, as a person chose it or as the desktop has it."""
        chosen = self.text("decimal", DECIMALS, "system")
        return {"point": ".", "comma": ","}.get(chosen) or QLocale().decimalPoint()

    def keep(self, key: str, value: str | bool | float) -> None:
        """Keep a value."""
        self._set(key, value)

    @property
    def recent(self) -> tuple[str, ...]:
        """Files that were open, the last one first."""
        return self._texts("recent")[:RECENT]

    def keep_recent(self, path: str) -> None:
        """Put a file at the head of the recent ones."""
        self._set("recent", [path, *(other for other in self.recent if other != path)][:RECENT])

    def forget_recent(self) -> None:
        """Forget the recent files."""
        self._set("recent", [])

    @property
    def formulas(self) -> tuple[str, ...]:
        """Formulas that were typed, the last one first."""
        return self._texts("formulas")[:FORMULAS]

    def keep_formula(self, text: str) -> None:
        """Put a formula at the head of those that were typed."""
        self._set("formulas", [text, *(other for other in self.formulas if other != text)][:FORMULAS])

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key)
        # a list of one comes back as that one
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(text for text in texts if isinstance(text, str) and text)

    @property
    def folder(self) -> str:
        """Where the last file was."""
        value = self._get("folder")
        return value if isinstance(value, str) and Path(value).is_dir() else str(Path.home())

    def keep_folder(self, folder: str) -> None:
        """Keep where the last file was."""
        self._set("folder", folder)

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window was."""
        value = self._get("geometry")
        return value if isinstance(value, QByteArray) else None

    def keep_geometry(self, geometry: QByteArray) -> None:
        """Keep where the window was."""
        self._set("geometry", geometry)


def standard_path() -> Path:
    """Give the file of a person's settings."""
    from PySide6.QtCore import QStandardPaths

    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
    return Path(folder) / "settings.ini"
