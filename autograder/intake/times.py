"""A time that a platform wrote, as ISO 8601 with its zone."""

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d:\d\d)(?:[.,]\d+)?\s*(\S*)", re.ASCII)
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?", re.ASCII)


def as_iso(text: str) -> str:
    """Read a time as Ruby and nbgrader write it; empty where it has no zone, or is none.

    Parameters
    ----------
    text : str
        As in ``2026-09-18 23:58:11.000000000 Z``, ``2026-09-18 16:58:11 -0700`` or ``2026-09-18 16:58:11 Europe/Zurich``.
    """
    if not (match := WRITTEN.fullmatch(text.strip())):
        return ""
    day, time, zone = match.groups()
    try:
        if offset := OFFSET.fullmatch(zone):
            sign, hours, minutes = offset.groups()
            apart = timedelta(hours=int(hours), minutes=int(minutes or 0))
            place: timezone | ZoneInfo = timezone(-apart if sign == "-" else apart)
        else:
            place = timezone.utc if zone in ("Z", "UTC") else ZoneInfo(zone)
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=place).isoformat()
    except (ValueError, OSError, OverflowError, LookupError):  # no such day, or no such zone
        return ""
