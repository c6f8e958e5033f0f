"""What being late means: how much of the points is kept, and the sentence that says so."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from autograder.configuration import Configuration
from autograder.report.metadata import Metadata
from autograder.text import counted

DAY = timedelta(days=1)


def kept(metadata: Metadata, configuration: Configuration) -> float:
    """Fraction of the points that a submission keeps: 1 where it is in time, or where that is not known."""
    late = metadata.late
    if late <= timedelta(minutes=configuration.grace_minutes):
        return 1.0
    if configuration.latest_day is not None and late > configuration.latest_day * DAY:
        return 0.0
    return max(0.0, 1 - configuration.percent_per_day / 100 * math.ceil(late / DAY))


def sentence(metadata: Metadata, configuration: Configuration) -> str:
    """Say how late a submission is and what follows; nothing where it is in time."""
    if not metadata.late or metadata.due is None:
        return ""
    said = f"This was handed in {span(metadata.late)} after it was due ({_moment(metadata.due)})."
    fraction = kept(metadata, configuration)
    percent, grace, latest = configuration.percent_per_day, configuration.grace_minutes, configuration.latest_day
    if not percent and latest is None:
        return said
    if fraction == 1:
        in_grace, free = metadata.late <= timedelta(minutes=grace), counted(grace, "minute")
        return f"{said} {f'That is within {free} of grace: it' if in_grace else 'It'} keeps its points."
    if latest is not None and metadata.late > latest * DAY:
        return f"{said} More than {counted(latest, 'day')} late, it gets no points."
    return f"{said} It loses {100 * (1 - fraction):g} % of its points: {percent:g} % for each day that has begun."


def note(metadata: Metadata, configuration: Configuration) -> str:
    """Say in a few words why a score is lower than the sum of its questions; nothing where it is not."""
    fraction = kept(metadata, configuration)
    if fraction == 1:
        return ""
    return f"Late by {span(metadata.late)}: {f'{100 * (1 - fraction):g} % taken off' if fraction else 'no points'}."


def on_platform(metadata: Metadata, configuration: Configuration) -> Metadata:
    """What holds on Gradescope: the due date of the assignment there; if it has none, the course's."""
    ours = read_moment(configuration.due)
    if ours is None or metadata.due == ours:
        return metadata
    if metadata.due is None:
        return replace(metadata, due=ours)
    said = (
        f"It was due {_moment(metadata.due)}, as the platform says; {_moment(ours)} of the configuration does not count here."
    )
    return replace(metadata, remark=" ".join(filter(None, [metadata.remark, said])))


def read_moment(text: str | None) -> datetime | None:
    """Read a time in ISO 8601, if there is one."""
    return datetime.fromisoformat(text) if text else None


def _moment(time: datetime) -> str:
    """A time to the minute, with its zone."""
    return f"{time:%Y-%m-%d %H:%M} {time.tzinfo}"


def span(time: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = math.ceil(time.total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [counted(count, unit) for count, unit in ((days, "day"), (hours, "hour"), (minutes, "minute")) if count]
    return " ".join(units[:2])
