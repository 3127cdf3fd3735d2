"""Units of columns: as they stand in a column's name, and as a person says them."""

import re

_IN_NAME = re.compile(r"^(?P<text>.*\S)\s*[(\[](?P<unit>[^()\[\]:;=,]{1,24})[)\]]$")
_ONE = {f"{unit}s": unit for unit in ("year", "month", "week", "day", "hour", "minute", "second", "point", "degree")}


def unit_in_name(column: str) -> tuple[str, str]:
    """Part a column's name into what it is and its unit: ``"weight (kg)"`` gives ``("weight", "kg")``; "" for none."""
    found = _IN_NAME.match(column.strip())
    # "income (2019)" says when, not what it is measured in
    if found is None or not re.search(r"[^\W\d_]|[%°€$£]", found["unit"]):
        return column, ""
    return found["text"], found["unit"].strip()


def one_of(unit: str) -> str:
    """Give one of a unit: a year of ``"years"``; the unit itself where it isn't a plural."""
    return _ONE.get(unit, unit)
