"""Dialogs of the window: none of them is in the way of the others; each is made when it is first asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QLabel, QUndoView, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.actions import Actions
from lossviz.resources import program_version
from lossviz.scene.style import Style

if TYPE_CHECKING:
    from lossviz.gui.csv_dialog import CsvDialog
    from lossviz.gui.export_dialog import ExportDialog
    from lossviz.gui.main_window import MainWindow
    from lossviz.gui.optimizer_picker import OptimizerPicker
    from lossviz.gui.rate_finder import RateFinder
    from lossviz.gui.surface_picker import SurfacePicker


class Dialogs(QObject):
    """Shows dialogs beside the window.

    Parameters
    ----------
    window : MainWindow
    actions : Actions
        For the sheet of keys.
    """

    formula_asked = Signal()
    """A formula is to be typed."""

    def __init__(self, window: "MainWindow", actions: Actions) -> None:
        super().__init__(window)
        self.window, self.actions = window, actions
        self._made: dict[str, QDialog] = {}
        self.export: ExportDialog | None = None
        self.table: CsvDialog | None = None
        self.picker: SurfacePicker | None = None
        self.optimizers: OptimizerPicker | None = None
        self.rates: RateFinder | None = None

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

        for dialog in (self.table, self.picker, self.optimizers):
            if dialog is not None:
                dialog.close()
        window = self.window
        self.table = CsvDialog(path, window.session, window.backend, window.style_, window)
        self._present(self.table)

    @Slot()
    def show_picker(self) -> None:
        """Ask which surface is to be descended."""
        from lossviz.gui.surface_picker import SurfacePicker

        if self.picker is None:
            self.keep_choice()
            window = self.window
            self.picker = SurfacePicker(window.session, window.backend, window.style_, window)
            self.picker.finished_with.connect(self._forget_picker)
            self.picker.formula_asked.connect(self.formula_asked)
            self.picker.grid_asked.connect(window.files.ask_grid)
            self.picker.data_asked.connect(window.files.ask_open)
        self._present(self.picker)

    @Slot()
    def _forget_picker(self) -> None:
        if self.picker is not None:
            self.picker.deleteLater()
        self.picker = None

    @Slot()
    def show_optimizers(self) -> None:
        """Ask by which rule the selected descent is to step."""
        from lossviz.gui.optimizer_picker import OptimizerPicker

        if self.optimizers is None:
            self.keep_choice()
            window = self.window
            self.optimizers = OptimizerPicker(window.session, window.backend, window)
            self.optimizers.finished_with.connect(self._forget_optimizers)
        self._present(self.optimizers)

    @Slot()
    def _forget_optimizers(self) -> None:
        if self.optimizers is not None:
            self.optimizers.deleteLater()
        self.optimizers = None

    @Slot()
    def show_rates(self) -> None:
        """Test which learning rates are of use to the selected descent."""
        if self.rates is None:
            from lossviz.gui.rate_finder import RateFinder

            window = self.window
            self.rates = RateFinder(window.session, window.backend, window.style_, window)
            self.rates.hovered.connect(window.status.show_readout)
        # both stand at the same place
        self.keep_choice()
        self._present(self.rates)

    @Slot()
    def keep_choice(self) -> None:
        """Close the dialog in which something is being chosen: a table, a surface, an optimizer; the choice stays."""
        for dialog in (self.table, self.picker, self.optimizers):
            if dialog is not None:
                dialog.keep()

    def restyle(self, style: Style) -> None:
        """Change colours."""
        for dialog in (self.export, self.table, self.picker, self.rates):
            if dialog is not None:
                dialog.restyle(style)

    def close(self) -> None:
        """Close all of them; what was chosen stays."""
        self.keep_choice()
        for dialog in (*self._made.values(), self.export, self.rates):
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
            dialog.resize(theme.within_screen(width, height))
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
        from lossviz.gui.key_sheet import KeySheet

        return KeySheet(self.actions)

    def _about(self) -> QWidget:
        text = "Loss surfaces over weight and bias, and the descents that run on them."
        label = QLabel(f"<h3>lossviz {program_version()}</h3><p>{text}</p><p>MIT licence. The font is Inter (OFL).</p>")
        label.setWordWrap(True)
        return label
