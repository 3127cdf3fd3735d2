"""The rows of a picker for Qt's list: what can be chosen, below the titles of groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Row:
    """A row of the list.

    Parameters
    ----------
    text : str
    name : str
        Of what it offers; "": it only tells something.
    below : str
        What stands in small type below, or beside where the rows have no pictures.
    heading : bool
        Whether it is the title of a group.
    told : str
        Help for who points at it.
    """

    text: str
    name: str = ""
    below: str = ""
    heading: bool = False
    told: str = ""


@dataclass(frozen=True)
class Offer:
    """A row with what a search looks at, and its group."""

    row: Row
    group: str
    words: str

    @property
    def name(self) -> str:
        """The name of what it offers."""
        return self.row.name


def found_rows(offers: Sequence[Offer], titles: Mapping[str, str], search: str) -> list[Row]:
    """Give the rows that hold each word of a search, below the titles of their groups."""
    wanted = search.casefold().split()
    found = [offer for offer in offers if all(word in offer.words for word in wanted)]
    rows: list[Row] = []
    for group, title in titles.items():
        part = [offer.row for offer in found if offer.group == group]
        if part:
            rows += [Row(title, heading=True), *part]
    return rows


class PickerRows(QAbstractListModel):
    """The rows for Qt's list."""

    pictured = False
    """Whether each offer has a picture."""
    rows: tuple[Row, ...] = ()

    @property
    def names(self) -> list[str]:
        """All that can be chosen."""
        return [row.name for row in self.rows if row.name]

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def picture(self, name: str, side: int, ratio: float) -> QPixmap | None:
        """Give the picture of what a row offers; None while it is being drawn."""
        return None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Give how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Give the text of a row; its help to who points at it."""
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.text}: {row.below}" if row.below else row.text
            case Qt.ItemDataRole.ToolTipRole if row.told:
                return row.told
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let only offers be chosen."""
        if not self.rows[index.row()].name:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
