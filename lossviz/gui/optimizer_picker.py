"""The optimizer picker: all optimizers, to search; the selected descent steps by the one that is chosen at once."""

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from lossviz.experiment import Run
from lossviz.gui.backend import Backend
from lossviz.gui.optimizer_details import OptimizerDetails
from lossviz.gui.optimizer_edits import with_optimizer
from lossviz.gui.optimizer_rows import OptimizerOffers
from lossviz.gui.picker import Picker
from lossviz.gui.picker_model import PickerRows
from lossviz.gui.session import Session
from lossviz.jobs.messages import Reply


class OptimizerPicker(Picker):
    """Asks by which rule the selected descent steps; beside the window's pictures, which show each choice at once.

    Parameters
    ----------
    session : Session
        Its selected run gets the optimizer that is chosen; when the dialog is cancelled, all is as it was before.
    backend : Backend
    parent : QWidget, optional
        The window.
    """

    def __init__(self, session: Session, backend: Backend, parent: QWidget | None = None) -> None:
        details = OptimizerDetails()
        super().__init__("Optimizers", "choose an optimizer", session, backend, PickerRows(), details, parent)
        self.details = details
        self._offers = OptimizerOffers()
        self._begun: Run | None = None
        """The run before anything was chosen for it: what is kept of it doesn't depend on what is passed on the way."""
        self._made: Run | None = None
        self.search.setPlaceholderText("Search: adam, ravine, torch.optim.SGD …")
        self.search.setToolTip("Words of the name, the formula, or what an optimizer is good at; Up and Down choose")
        self.body.setStretchFactor(self.about, 3)
        self.body.addLayout(self.buttons)
        session.experiment_changed.connect(self._show_selected)
        self._show_selected()

    @property
    def _number(self) -> int:
        """The place of the selected run; −1 where there is no run."""
        return min(self._session.experiment.view.selected, len(self._session.experiment.runs) - 1)

    @property
    def _run(self) -> Run | None:
        return self._session.experiment.runs[self._number] if self._number >= 0 else None

    @Slot()
    def _try(self) -> None:
        """Let the selected descent step by what is marked."""
        self._pause.stop()
        run, experiment = self._run, self._session.experiment
        if run is None:
            return
        if run != self._made or self._begun is None:
            self._begun = run
        self._made = with_optimizer(self._begun, self._name)
        if self._made != run:
            self._edited = True
            number, runs = self._number, experiment.runs
            runs = (*runs[:number], self._made, *runs[number + 1 :])
            self._edit(msgspec.structs.replace(experiment, runs=runs))

    def _answered(self, reply: Reply) -> None:
        """Nothing is asked of the backend."""

    # showing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_selected(self) -> None:
        """Mark the optimizer of the selected descent, unless one is just being searched for."""
        run = self._run
        self.list.setEnabled(run is not None)
        if self._over or self._pause.isActive():
            return
        self._mark(run.optimizer if run is not None else "")

    def _show_rows(self) -> None:
        self.list.show_rows(self._offers.rows(self.search.text()), self._name)
        there = "" if self._run is not None else "; there is no descent to choose one for"
        self.count.setText(f"{self._counted(self._offers.all)}{there}")

    def _show_details(self) -> None:
        run = self._run
        self.about.setVisible(bool(self._name))
        if self._name:
            same = run is not None and run.optimizer == self._name
            self.details.show_optimizer(self._name, run.convention if same and run is not None else "pytorch")
            self.about.verticalScrollBar().setValue(0)
