"""Batches: of how many samples a step takes the slope, in which order, and for how many epochs."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from lossviz.descent.batches import Batches
from lossviz.gui import theme
from lossviz.gui.form import NAME
from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import MOST_STEPS, Situation
from lossviz.gui.panels.flow import Flow
from lossviz.gui.ranged_entry import RangedEntry
from lossviz.gui.theme import icon
from lossviz.landscape.param import Param
from lossviz.landscape.randomness import LARGEST_SEED
from lossviz.numerals import counted, short
from lossviz.rules.schedules.params import Optional
from lossviz.scene.style import Style

USUAL = 32
"""Samples of a first batch, or a quarter of all where they are few."""
NO_SAMPLES = "This surface has no samples: each step takes the slope of the whole loss. Batches go with data."
SHUFFLE = Param("shuffle", "", True, text="Whether each epoch has an order of its own; else it is that of the file.")
DROP_LAST = Param("drop_last", "", False, text="Whether the last batch of an epoch is left out where it is smaller.")
ACCUMULATE = Param(
    "accumulate",
    "m",
    1,
    low=1,
    high=1_000_000,
    shown=(1, 16),
    whole=True,
    text="So many batches make one step, by the mean of their slopes.",
)
EPOCHS = Optional(
    "epochs",
    "E",
    low=0.0,
    open_low=True,
    shown=(1.0, 100.0),
    log=True,
    text="How often all samples are gone through, instead of a number of steps.",
    absent="steps are counted",
)
TITLES = {
    "batch_size": "Batch size",
    "shuffle": "Reshuffle",
    "drop_last": "Drop last",
    "accumulate": "Accumulate",
    "epochs": "Epochs",
}


class OrderRow(QWidget):
    """The number that decides the order of the samples, and a die for another one."""

    edited = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = QLabel("Order")
        name.setProperty("quiet", True)
        theme.set_sizes(name, least_width=NAME)
        self.entry = RangedEntry("Seed of the order", 0, LARGEST_SEED, 0)
        self.entry.edited.connect(self._typed)
        name.setBuddy(self.entry)
        self.dice = QPushButton("Another order")
        self.dice.setToolTip("Let the samples come in another order (the next seed)")
        self.dice.setAccessibleName("Another order of the samples")
        theme.set_sizes(self.dice, icon=16)
        self.dice.clicked.connect(self._thrown)
        self.wrong = QLabel()
        self.wrong.setProperty("wrong", True)
        self.wrong.setWordWrap(True)
        theme.set_type(self.wrong, 12)
        self.wrong.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.wrong.hide()
        row = Flow(spacing=6, parent=self)
        row.add(name)
        row.add(self.entry)
        row.add(self.dice)
        row.add(self.wrong)

    def show_seed(self, seed: int) -> None:
        """Show the number; nothing is emitted."""
        if not (self.entry.hasFocus() and self.entry.isModified()):
            self.entry.show_value(seed)
            self.wrong.hide()
        self.entry.value = seed

    @Slot()
    def _typed(self) -> None:
        self.wrong.setText(self.entry.fault)
        self.wrong.setVisible(bool(self.entry.fault))
        if not self.entry.fault:
            self.edited.emit(int(self.entry.value))

    @Slot()
    def _thrown(self) -> None:
        self.edited.emit((int(self.entry.value) + 1) % (LARGEST_SEED + 1))


class BatchesSection(ConditionSection):
    """Batches and epochs; where there are no samples, a sentence that says so."""

    name = "batches"
    title = "Batches"
    told = "Of how many samples each step takes the slope: fewer are cheaper, and noisier"
    keys = ("batch_size", "seed", "shuffle", "drop_last", "accumulate", "epochs")

    def __init__(self) -> None:
        super().__init__()
        self.note = QLabel()
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        theme.set_type(self.note, 12)
        self.order = OrderRow()
        self.order.edited.connect(self._reordered)
        self.content.insertWidget(1, self.order)
        self.content.insertWidget(2, self.note)

    def words(self, situation: Situation) -> str:
        """Say how large the batches are: ``"32 of 189, 6 an epoch, 15 epochs"``."""
        s, samples = situation.settings, situation.samples
        if not situation.experiment.surface.fitted:
            return "none without data"
        if s.batch_size is None:
            words = ["all samples at once"]
        else:
            words = [counted(s.batch_size) + ("" if samples is None else f" of {counted(samples)}")]
            if situation.batches is not None:
                words.append(_an_epoch(situation.batches))
        if s.epochs is not None:
            words.append("1 epoch" if s.epochs == 1 else f"{short(s.epochs, 4)} epochs")
        return ", ".join(words)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.order.dice.setIcon(icon("dice", style.ink, 16))

    def show_fields(self, situation: Situation) -> None:
        """Show the batches, or why there are none; nothing is emitted."""
        s, samples = situation.settings, situation.samples
        known = samples is not None
        self.fields.setVisible(known)
        self.order.setVisible(known and s.batch_size is not None and s.shuffle)
        self.order.show_seed(s.seed)
        if samples is None:
            self.note.setText(NO_SAMPLES if not situation.experiment.surface.fitted else "")
            self.fields.show_conditions((), {})
            return
        params: list[Param] = [_size(samples)]
        if s.batch_size is not None:
            params += [SHUFFLE, *([DROP_LAST] if samples % s.batch_size else []), ACCUMULATE]
        params.append(EPOCHS)
        values = {param.name: getattr(s, param.name) for param in params}
        begins = {"batch_size": min(USUAL, max(1, samples // 4)), "epochs": self._epochs(situation)}
        self.fields.show_conditions(params, values, begins, TITLES)
        self.note.setText(self._told_length(situation))

    def shared_keys(self, situation: Situation) -> Sequence[str]:
        """Give the number of steps too, where epochs are counted anywhere."""
        e = situation.experiment
        counted_somewhere = e.descent.epochs is not None or any(run.epochs is not None for run in e.runs)
        return (*self.keys, "steps") if counted_somewhere else self.keys

    def fault(self, situation: Situation, values: Mapping[str, Any]) -> str:
        """Say where they would make more steps than a window can follow."""
        settings = msgspec.structs.replace(situation.settings, **values)
        if settings.epochs is None:
            return ""
        run = msgspec.structs.replace(situation.run, **values)
        runs = situation.experiment.runs
        wanted = msgspec.structs.replace(
            situation.experiment, runs=(*runs[: situation.number], run, *runs[situation.number + 1 :])
        )
        steps = Situation(wanted, situation.number, situation.surface).steps
        if steps <= MOST_STEPS:
            return ""
        return f"These would be {counted(steps)} steps; in the window a descent makes at most {counted(MOST_STEPS)}."

    def _edited(self, name: str, value: object) -> None:
        if name == "epochs" and value is None and self.situation is not None:
            # as many as there are
            self.ask(name, {"epochs": None, "steps": self.situation.steps})
        else:
            super()._edited(name, value)

    @Slot(int)
    def _reordered(self, seed: int) -> None:
        self.ask("seed", {"seed": seed})

    @staticmethod
    def _epochs(situation: Situation) -> float:
        """Give about as many epochs as there are steps."""
        batches = situation.batches
        epochs = situation.steps * situation.settings.accumulate / (1 if batches is None else batches.an_epoch)
        return float(f"{max(1.0, round(epochs)):.3g}")

    @staticmethod
    def _told_length(situation: Situation) -> str:
        s, batches = situation.settings, situation.batches
        if batches is None or s.batch_size is None:
            return ""
        steps = f"{counted(situation.steps)} steps" if situation.steps != 1 else "1 step"
        if s.epochs is not None:
            return f"{short(s.epochs, 4)} epochs of {_an_epoch(batches).removesuffix(' an epoch')}: {steps}."
        return f"{steps}: {short(situation.steps * s.accumulate / batches.an_epoch)} epochs."


def _an_epoch(batches: Batches) -> str:
    """Say how many steps, or where several batches make one, how many batches an epoch has."""
    what = "step" if batches.accumulate == 1 else "batch"
    many = f"{what}es" if what == "batch" else f"{what}s"
    return f"{counted(batches.an_epoch)} {what if batches.an_epoch == 1 else many} an epoch"


def _size(samples: int) -> Param:
    return Optional(
        "batch_size",
        "B",
        low=1,
        high=samples,
        shown=(1, max(2, samples)),
        log=True,
        whole=True,
        text="Samples of which each step takes the slope.",
        absent=f"all {counted(samples)} at once" if samples > 1 else "the only sample",
    )
