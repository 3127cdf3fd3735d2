"""HOW the learning rate changes while a rule descends: the schedules by name."""

from lossviz.rules.schedules.base import Schedule
from lossviz.rules.schedules.catalogue import (
    from_table,
    schedule,
    schedule_class,
    schedule_conventions,
    schedules,
)

__all__ = ["Schedule", "from_table", "schedule", "schedule_class", "schedule_conventions", "schedules"]
