"""Backend: the worker thread's replies as a Qt signal on the GUI thread."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from lossviz.experiment import Experiment, SurfaceSection
from lossviz.jobs.messages import (
    ComputeScene,
    FindStationary,
    FitTable,
    KeepExperiment,
    LeaveRates,
    LeaveTable,
    ProposeRace,
    ReadTable,
    Reply,
    ShowSurfaces,
    TryRates,
)
from lossviz.jobs.worker import Mailbox, Worker


class Backend(QObject):
    """Asks the worker, and gives its replies on the GUI thread: at each turn of the event loop the newest ones."""

    replied = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        # a bound method of an object of this thread: Qt queues the call to this thread
        self._woken.connect(self._drain)
        self._mailbox = Mailbox(self._woken.emit)
        self.worker = Worker(self._mailbox.put)

    def compute_scene(self, experiment: Experiment, draft: bool = False) -> int:
        """Ask for the scene of an experiment, for a draft with a coarse mesh; give the request's number."""
        self._number += 1
        self.worker.ask(ComputeScene(self._number, experiment, draft=draft))
        return self._number

    def find_stationary(self, surface: SurfaceSection) -> int:
        """Ask for the stationary points of a surface; give the request's number."""
        self._number += 1
        self.worker.ask(FindStationary(self._number, surface))
        return self._number

    def propose_race(self, surface: SurfaceSection, keep: Experiment | None = None) -> int:
        """Ask for an experiment on a surface that needs no data; give the request's number."""
        self._number += 1
        self.worker.ask(ProposeRace(self._number, surface, keep))
        return self._number

    def show_surfaces(self) -> int:
        """Ask for the test functions and their pictures; give the request's number."""
        self._number += 1
        self.worker.ask(ShowSurfaces(self._number))
        return self._number

    def keep_experiment(self, experiment: Experiment, path: Path, head: str) -> int:
        """Ask for an experiment to be written aside; give the request's number."""
        self._number += 1
        self.worker.ask(KeepExperiment(self._number, experiment, path, head))
        return self._number

    def read_table(self, path: str) -> int:
        """Ask for the columns of a CSV file; give the request's number."""
        self._number += 1
        self.worker.ask(ReadTable(self._number, path))
        return self._number

    def fit_table(self, path: str, surface: SurfaceSection | None = None) -> int:
        """Ask for an experiment on columns of a CSV file, chosen or proposed; give the request's number."""
        self._number += 1
        self.worker.ask(FitTable(self._number, path, surface))
        return self._number

    def leave_table(self) -> None:
        """Cancel what was asked about a CSV file."""
        self._number += 1
        self.worker.ask(LeaveTable(self._number))

    def try_rates(self, subject: Experiment, low: float, high: float, steps: int) -> int:
        """Ask for a learning-rate range test of one run alone; give the request's number."""
        self._number += 1
        self.worker.ask(TryRates(self._number, subject, low, high, steps))
        return self._number

    def leave_rates(self) -> None:
        """Cancel the range test that was asked for."""
        self._number += 1
        self.worker.ask(LeaveRates(self._number))

    def close(self) -> bool:
        """End the worker's thread; tell whether it ended in time."""
        return self.worker.close()

    @Slot()
    def _drain(self) -> None:
        letters: list[Reply] = self._mailbox.take()
        for letter in letters:
            self.replied.emit(letter)
