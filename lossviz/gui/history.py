"""History: edits that can be undone and done again; those of one gesture are one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from lossviz.experiment import CAMERA, Change, Experiment, change_between, with_looks_of

if TYPE_CHECKING:
    from lossviz.gui.session import Session


@dataclass(frozen=True, eq=False)
class Gesture:
    """What a hand does without letting go: its edits are one.

    Parameters
    ----------
    text : str
        What it is called where it is longer than a drag, and may change anything: "open mine.csv".
    """

    text: str = ""


class Edit(QUndoCommand):
    """One experiment taking the place of another.

    Parameters
    ----------
    session : Session
    before, after : Experiment
    change : Change
        What is different; names the edit.
    gesture : Gesture or None
        What it belongs to: edits of one drag that change the same keys are merged, and all of a gesture with a name.
    """

    def __init__(
        self, session: "Session", before: Experiment, after: Experiment, change: Change, gesture: Gesture | None
    ) -> None:
        super().__init__(gesture.text if gesture is not None and gesture.text else change.text)
        self.session = session
        self.before, self.after = before, after
        self.change, self.gesture = change, gesture
        self._done = False

    def undo(self) -> None:
        """Go back, looked at from where one looks now."""
        now = self.session.experiment
        self.after = now
        self.session.swap(with_looks_of(self.before, now, CAMERA))

    def redo(self) -> None:
        """Do it, for the first time or again."""
        self.session.swap(with_looks_of(self.after, self.session.experiment, CAMERA) if self._done else self.after)
        self._done = True

    def id(self) -> int:
        """Give one number for all edits: which of them are merged is told in `mergeWith`."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in the next edit of the same gesture."""
        if not isinstance(other, Edit) or self.gesture is None or other.gesture is not self.gesture:
            return False
        if not self.gesture.text and self.change.keys != other.change.keys:
            return False
        self.after = other.after
        self.setText(self.gesture.text or change_between(self.before, self.after).text)
        if self.after == self.before:
            self.setObsolete(True)
        return True
