"""The line that tells students when the homework is due and what being late costs."""

from datetime import datetime, timedelta

from autograder.configuration import Configuration
from autograder.text import counted

# Not those of the machine's language, which strftime and calendar give.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def line(configuration: Configuration) -> str:
    """Say when the homework is due, and what is lost after that; nothing where the course has no due date."""
    if configuration.due is None:
        return ""
    due = datetime.fromisoformat(configuration.due)
    time = f"{due:%H:%M:%S}" if due.second else f"{due:%H:%M}"
    said = f"Due on {WEEKDAYS[due.weekday()]}, {due.day} {MONTHS[due.month - 1]} {due.year}, {time} ({due.tzinfo})."
    return " ".join(filter(None, [said, _late(configuration)]))


def _late(configuration: Configuration) -> str:
    """What being late costs, as `autograder.report.course` takes it off; nothing where it costs nothing."""
    percent, minutes, latest = configuration.percent_per_day, configuration.grace_minutes, configuration.latest_day
    free = f"up to {counted(minutes, 'minute')} costs nothing; beyond that, " if minutes else ""
    if latest is not None and timedelta(days=latest) <= timedelta(minutes=minutes):
        return f"Late: {free}nothing counts."
    costs = [f"{free}{percent:g} % of the points are taken off for each day begun since the due date"] if percent else []
    costs += [] if latest is None else [f"nothing counts after {counted(latest, 'day')}"]
    return f"Late: {'; '.join(costs)}." if costs else ""
