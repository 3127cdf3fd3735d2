"""Batches: which samples each step of a descent sees, in an order that is the same everywhere and for ever."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.conditions import Conditions
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.batch_slopes import BatchSlopes, EachBatch, Quantity
from lossviz.landscape.objective import Surface
from lossviz.landscape.randomness import order

Indices = NDArray[np.intp]

AT_ONCE = 8192
"""Samples whose order is made at once: that of a few is made faster together with that of the next epochs."""


@dataclass(frozen=True, eq=False)
class Batches:
    """How the samples are cut into batches, epoch after epoch.

    The order of an epoch is a stable argsort of raw words of PCG64: epoch e takes words e·N to (e + 1)·N of the seed's.

    Parameters
    ----------
    samples, size : int
        All samples N, and those of a batch; the last batch of an epoch may have fewer.
    seed : int
    shuffle : bool
        Whether each epoch has an order of its own; else it is that of the file.
    drop_last : bool
        Whether the last batch of an epoch is left out where it is smaller.
    accumulate : int
        So many batches make one update; it may begin in one epoch and end in the next.
    """

    samples: int
    size: int
    seed: int = 0
    shuffle: bool = True
    drop_last: bool = False
    accumulate: int = 1

    @classmethod
    def of(cls, surface: Surface, conditions: Conditions) -> "Batches | None":
        """Give the batches of a descent; None where each step sees all samples at once."""
        c = conditions
        if c.batch_size is None or surface.samples is None:
            return None
        return cls(surface.samples, c.batch_size, c.seed, c.shuffle, c.drop_last, c.accumulate)

    @property
    def an_epoch(self) -> int:
        """How many batches an epoch has."""
        return self.samples // self.size if self.drop_last else -(-self.samples // self.size)

    @cached_property
    def ends(self) -> Indices:
        """Where the batches of an epoch end in its order."""
        return np.minimum(np.arange(1, self.an_epoch + 1) * self.size, self.samples)

    @property
    def noisy(self) -> bool:
        """Whether an update may see less than all samples, or some more often than others."""
        return self.accumulate % self.an_epoch != 0 or self.an_epoch * self.size != self.samples

    def orders(self, first: int, epochs: int) -> Indices:
        """Give the order of the samples in some epochs, shape (epochs, N)."""
        if not self.shuffle:
            return np.broadcast_to(np.arange(self.samples), (epochs, self.samples))
        words = np.random.PCG64(self.seed).advance(first * self.samples).random_raw(epochs * self.samples)
        return order(words.reshape(epochs, self.samples))

    def batch(self, number: int) -> Indices:
        """Give the samples of a batch, counted from the first epoch on."""
        epoch, place = divmod(number, self.an_epoch)
        if epoch not in self._last:
            self._last.clear()
            self._last[epoch] = self.orders(epoch, 1)[0]
        return self._last[epoch][place * self.size : self.ends[place]]

    @cached_property
    def _last(self) -> dict[int, Indices]:
        """The order of the epoch that was last asked about."""
        return {}

    def of_update(self, k: int) -> list[Indices]:
        """Give the samples of each batch that makes update k."""
        return [self.batch(number) for number in range(k * self.accumulate, (k + 1) * self.accumulate)]

    def sizes(self, updates: int) -> NDArray[np.int64]:
        """Give how many samples each update sees, shape (updates,)."""
        sizes = np.diff(self.ends, prepend=0)
        if self.accumulate == 1:
            return np.resize(sizes, updates).astype(np.int64)
        # the pattern comes again after as many updates as an epoch has batches
        pattern = np.resize(sizes, (self.an_epoch, self.accumulate)).sum(axis=1)
        return np.resize(pattern, updates).astype(np.int64)

    def updates_in(self, epochs: float) -> int:
        """Give how many updates so many epochs take."""
        return max(1, int(np.ceil(round(epochs * self.an_epoch / self.accumulate, 9))))


class Stream:
    """The slopes of updates, made ready for some epochs at a time.

    Parameters
    ----------
    surface : Surface
    batches : Batches
    """

    def __init__(self, surface: Surface, batches: Batches) -> None:
        self._surface = surface
        self._batches = batches
        self._epochs = max(1, AT_ONCE // batches.samples)
        # of a large epoch a few batches at a time
        self._most = max(1, AT_ONCE // batches.size)
        self._first_epoch = self._first = self._count = -1
        self._order = self._ends = np.empty(0, dtype=np.intp)
        self._prepare(0)
        self.in_numbers = self._ready.in_numbers

    def slope(self, k: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Give the slopes of update k by w and by b, at w and b (K,); or plain numbers, where they may be such."""
        many = self._batches.accumulate
        if many == 1:
            return self._of_batch(k, w, b)
        by_w, by_b = self._of_batch(k * many, w, b)
        for number in range(k * many + 1, (k + 1) * many):
            more = self._of_batch(number, w, b)
            by_w, by_b = by_w + more[0], by_b + more[1]
        return by_w / many, by_b / many

    def _of_batch(self, number: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        place = number - self._first
        if not 0 <= place < self._count:
            self._prepare(number)
            place = 0
        return self._ready.slope(place, w, b)

    def _prepare(self, number: int) -> None:
        """Make this batch ready, and those that follow."""
        an_epoch = self._batches.an_epoch
        epoch = number // an_epoch
        if not 0 <= epoch - self._first_epoch < self._epochs or self._first_epoch < 0:
            used = int(self._batches.ends[-1])
            self._first_epoch = epoch
            self._order = self._batches.orders(epoch, self._epochs)[:, :used].ravel()
            self._ends = (np.arange(self._epochs)[:, None] * used + self._batches.ends).ravel()
        place = number - self._first_epoch * an_epoch
        ends = self._ends[place : place + self._most]
        begin = int(self._ends[place - 1]) if place else 0
        self._first, self._count = number, len(ends)
        self._ready = self._made(self._order[begin : ends[-1]], ends - begin)

    def _made(self, order: Indices, ends: Indices) -> BatchSlopes:
        if isinstance(self._surface, BaseSurface):
            return self._surface.batches(order, ends)
        return EachBatch(self._surface, np.split(order, ends[:-1]))
