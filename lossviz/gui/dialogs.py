"""Dialogs of the window: none of them is in the way of the others; each is made when it is first asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QLabel, QScrollArea, QUndoView, QVBoxLayout, QWidget

from lossviz.gui.actions import Actions
from lossviz.resources import program_version
from lossviz.scene.style import Style

if TYPE_CHECKING:
    from lossviz.gui.csv_dialog import CsvDialog
    from lossviz.gui.export_dialog import ExportDialog
    from lossviz.gui.main_window import MainWindow


HANDS = (
    ("Double click", "On a title: the card large, and back"),
    ("Drag ○", "On the map: let the descents start elsewhere"),
    ("Click", "On the map: the line of that point, in the data"),
    ("Drag", "In the data: the point of that line, on the map"),
    ("Drag, wheel", "On the surface: turn it, come nearer; with Shift move it"),
)


class Dialogs(QObject):
    """Shows dialogs beside the window.

    Parameters
    ----------
    window : MainWindow
    actions : Actions
        For the sheet of keys.
    """

    def __init__(self, window: "MainWindow", actions: Actions) -> None:
        super().__init__(window)
        self.window, self.actions = window, actions
        self._made: dict[str, QDialog] = {}
        self.export: ExportDialog | None = None
        self.table: CsvDialog | None = None

    @Slot()
    def show_history(self) -> None:
        """Show all edits."""
        self._show("History", self._history, 300, 380)

    @Slot()
    def show_keys(self) -> None:
        """Show all keys."""
        self._show("Keys", self._keys, 980, 620)

    @Slot()
    def show_about(self) -> None:
        """Show version and licence."""
        self._show("About lossviz", self._about, 380, 150)

    @Slot()
    def show_preferences(self) -> None:
        """Show what a person can prefer."""
        from lossviz.gui.preferences import Preferences

        self._show("Preferences", lambda: Preferences(self.window), 380, 260)

    @Slot()
    def show_export(self) -> None:
        """Show how a film or a picture is written."""
        if self.export is None:
            from lossviz.gui.export_dialog import ExportDialog

            self.export = ExportDialog(self.window.session, self.window.style_, self.window)
            self.export.told.connect(self.window.status.show_export)
            self.window.status.cancel_asked.connect(self.export.cancel)
            self.export.set_folder(self.window.settings.folder)
            self.export.folder_chosen.connect(self.window.settings.keep_folder)
        self._present(self.export)

    @Slot(str)
    def show_table(self, path: str) -> None:
        """Ask what of a table of data is to be fitted."""
        from lossviz.gui.csv_dialog import CsvDialog

        if self.table is not None:
            self.table.close()
        window = self.window
        self.table = CsvDialog(path, window.session, window.backend, window.style_, window)
        self._present(self.table)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        for dialog in (self.export, self.table):
            if dialog is not None:
                dialog.restyle(style)

    def close(self) -> None:
        """Close all of them."""
        for dialog in (*self._made.values(), self.export, self.table):
            if dialog is not None:
                dialog.close()
        if self.export is not None:
            # closed alone it would go on
            self.export.end()

    def _show(self, title: str, make: Callable[[], QWidget], width: int, height: int) -> None:
        dialog = self._made.get(title)
        if dialog is None:
            dialog = QDialog(self.window)
            dialog.setWindowTitle(title)
            dialog.setAccessibleName(title)
            box = QVBoxLayout(dialog)
            box.addWidget(make())
            dialog.resize(width, height)
            self._made[title] = dialog
        self._present(dialog)

    @staticmethod
    def _present(dialog: QDialog) -> None:
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _history(self) -> QWidget:
        view = QUndoView(self.window.session.history)
        view.setEmptyLabel("as it was opened")
        view.setAccessibleName("Edits")
        view.setToolTip("Click an edit to go back to it, or on to it again")
        return view

    def _keys(self) -> QWidget:
        groups: dict[str, list[tuple[str, str]]] = {}
        for declared, action in self.actions.declared:
            if declared.keys:
                keys = ", ".join(key.toString(key.SequenceFormat.NativeText) for key in action.shortcuts())
                groups.setdefault(declared.group, []).append((keys, declared.text.rstrip("…")))
        groups["With the mouse"] = list(HANDS)
        tables = [
            f"<h3>{name}</h3><table cellspacing=3>"
            + "".join(f"<tr><td width=130><b>{keys}</b></td><td>{text}</td></tr>" for keys, text in rows)
            + "</table>"
            for name, rows in groups.items()
        ]
        # three columns of about equal height; a heading takes the room of three rows
        heights = [len(rows) + 3 for rows in groups.values()]
        columns: tuple[list[str], ...] = ([], [], [])
        above = 0.0
        for table, height in zip(tables, heights, strict=True):
            columns[min(2, int(3.0 * (above + height / 2) / sum(heights)))].append(table)
            above += height
        cells = "".join(f"<td width=300 valign=top>{''.join(column)}</td>" for column in columns)
        label = QLabel(f"<table><tr>{cells}</tr></table>")
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setContentsMargins(8, 0, 8, 8)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(label)
        area.setAccessibleName("Sheet of keys")
        return area

    def _about(self) -> QWidget:
        text = "Loss surfaces over weight and bias, and the descents that run on them."
        label = QLabel(f"<h3>lossviz {program_version()}</h3><p>{text}</p><p>MIT licence. The font is Inter (OFL).</p>")
        label.setWordWrap(True)
        return label
