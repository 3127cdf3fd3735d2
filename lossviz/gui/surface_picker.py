"""The surface picker: all test functions with their pictures, to search; the one that is chosen is seen at once."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QToolButton, QWidget

from lossviz.experiment import Experiment, SurfaceSection
from lossviz.gui.backend import Backend
from lossviz.gui.picker import Picker
from lossviz.gui.session import Session
from lossviz.gui.surface_details import SurfaceDetails
from lossviz.gui.surface_pictures import SurfaceRows
from lossviz.gui.surface_rows import Shown
from lossviz.jobs.messages import Cancelled, Done, Failed, Partial, Reply
from lossviz.numerals import counted
from lossviz.scene.gallery import Gallery
from lossviz.scene.style import Style


class SurfacePicker(Picker):
    """Asks which surface is descended; beside the window's pictures, which show each choice at once.

    Parameters
    ----------
    session : Session
        Its experiment becomes one on the surface that is chosen; when the dialog is cancelled, what it was before.
    backend : Backend
    style : Style
    parent : QWidget, optional
        The window.
    """

    formula_asked = Signal()
    grid_asked = Signal()
    data_asked = Signal()

    def __init__(self, session: Session, backend: Backend, style: Style, parent: QWidget | None = None) -> None:
        pictures, details = SurfaceRows(style), SurfaceDetails()
        super().__init__("Surfaces", "choose a surface", session, backend, pictures, details, parent)
        self.pictures, self.details = pictures, details
        self._style = style
        self._shown: Shown | None = None
        self._name = self._before.surface.function or ""
        self._listing = 0
        self.search.setPlaceholderText("Search: ravine, camel, many minima …")
        self.search.setToolTip("Words of the name, the formula, or what a surface teaches; Up and Down choose")
        self.keep_descents = QCheckBox("&Keep my descents")
        self.keep_descents.setToolTip(
            "Let the descents that are there run on it; else four optimizers race at rates that suit"
        )
        self.keep_descents.setAccessibleName("Keep my descents")
        self.keep_descents.toggled.connect(self._keep_toggled)
        self.body.addWidget(self.keep_descents)
        self.body.addLayout(self._others())
        self.body.addWidget(self.progress)
        self.progress.hide()
        self.body.addLayout(self.buttons)
        self._list_surfaces()

    def _others(self) -> QHBoxLayout:
        """Make the ways to surfaces that aren't in the list."""
        row = QHBoxLayout()
        row.setSpacing(6)
        label = QLabel("Or:")
        label.setProperty("quiet", True)
        row.addWidget(label)
        for text, told, slot in (
            ("&Formula…", "Type a formula; it begins as that of the surface that is seen", self._ask_formula),
            ("&Grid…", "Open a grid of losses that were computed elsewhere", self._ask_grid),
            ("&Data…", "Open a table of data, to fit a model to it", self._ask_data),
        ):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(told)
            button.setAccessibleName(told.split(";")[0].split(",")[0])
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(slot)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self._style = style
        if self._shown is not None:
            self.pictures.show_pictures(self._shown.gallery, style)

    # what a person wants ------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Look for new files when a person comes back to the dialog."""
        if event.type() == QEvent.Type.WindowActivate and not self._over:
            self._list_surfaces()
        return super().event(event)

    @Slot()
    def _try(self) -> None:
        """Show what is chosen, with a race on it or with the descents that were there before."""
        self._pause.stop()
        self.say("")
        keep = self._before if self.keep_descents.isChecked() else None
        self._await(self._backend.propose_race(SurfaceSection(function=self._name), keep))

    @Slot()
    def _keep_toggled(self) -> None:
        if self._edited or self._awaited:
            self._try()

    @Slot()
    def _ask_formula(self) -> None:
        self._end(True)
        self.formula_asked.emit()

    @Slot()
    def _ask_grid(self) -> None:
        self._end(False)
        self.grid_asked.emit()

    @Slot()
    def _ask_data(self) -> None:
        self._end(False)
        self.data_asked.emit()

    # what the backend says ----------------------------------------------------------------------------------------

    def _list_surfaces(self) -> None:
        self._listing = self._backend.show_surfaces()

    @Slot(object)
    def _replied(self, reply: Reply) -> None:
        if reply.number == self._listing and not self._over:
            match reply:
                case Partial(result=Gallery() as gallery) | Done(result=Gallery() as gallery):
                    self._show_gallery(gallery)
                case Failed(sentence=sentence):
                    self.count.setText(sentence)
            return
        super()._replied(reply)

    def _answered(self, reply: Reply) -> None:
        match reply:
            case Done(result=Experiment() as experiment):
                self._take(experiment)
            case Failed(sentence=sentence):
                self._leaving = False
                self.say(sentence)
            case Cancelled():
                self._leaving = False

    # showing ------------------------------------------------------------------------------------------------------

    def _show_gallery(self, gallery: Gallery) -> None:
        first = self._shown is None
        self._shown = Shown(gallery)
        self.pictures.show_pictures(gallery, self._style)
        self._show_rows()
        if first:
            self._show_details()

    def _show_rows(self) -> None:
        if self._shown is None:
            return
        self.list.show_rows(self._shown.rows(self.search.text()), self._name)
        catalogue = self._shown.gallery.catalogue
        broken = len(catalogue.problems)
        text = self._counted(catalogue.definitions)
        if broken:
            text += f"; {counted(broken)} file{'s' if broken > 1 else ''} can't be used, see below"
        elif not self._name:
            text += "; the one that you choose is seen in the window at once"
        self.count.setText(text)

    def _show_details(self) -> None:
        definition = self._shown.named(self._name) if self._shown is not None else None
        self.about.setVisible(definition is not None)
        if definition is not None:
            self.details.show_definition(definition)
            self.about.verticalScrollBar().setValue(0)
