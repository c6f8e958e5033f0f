"""What Gradescope tells of a submission: when it came, when it was due, and what came before it.

The platform wrote the file, and any part of it may be missing, broken or of another shape: nothing here raises. Times are
compared with each other and never with the clock, so that grading again changes nothing.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from autograder.homework import checks
from autograder.report.course import Earlier, Metadata

LARGEST = 1e6  # points: what is larger is no score


def read_metadata(path: Path) -> Metadata:
    """Read submission_metadata.json; whatever cannot be read is left out, and told in the remark."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Metadata(remark=f"There is no {path.name}: it is not known whether the submission is late.")
    except (OSError, ValueError, RecursionError) as error:
        return Metadata(remark=f"{path.name} cannot be read ({type(error).__name__}): lateness is not known.")
    return from_document(document, path.name)


def from_document(document: Any, name: str = "submission_metadata.json") -> Metadata:
    """Take what can be taken from the metadata, whatever they are."""
    reader = _Reader()
    top = reader.table(document, "everything")
    submitted = reader.time(top, "created_at", "created_at", needed=True)
    assignment = reader.table(top.get("assignment"), "assignment")
    usual = reader.time(assignment, "due_date", "assignment.due_date")
    own = []
    for place, user in enumerate(reader.list(top.get("users"), "users")):
        name_of = f"users[{place}].assignment"
        theirs = reader.table(user, f"users[{place}]").get("assignment", {})  # who has none has the assignment's dates
        own.append(reader.time(reader.table(theirs, name_of), "due_date", f"{name_of}.due_date") or usual)
    due = max((date for date in own if date is not None), default=usual)
    earlier = list(_earlier(reader, top.get("previous_submissions"), submitted))
    remark = f"Of {name} this could not be read: {', '.join(reader.unread)}." if reader.unread else ""
    attempt = len(earlier) + 1 if isinstance(top.get("previous_submissions"), list) else None
    return Metadata(submitted, due, attempt, _results(earlier[-1]) if earlier else {}, remark)


Taken = TypeVar("Taken")


class _Reader:
    """Takes values by their place, and notes the places where there is something else."""

    def __init__(self) -> None:
        self.unread: list[str] = []

    def table(self, value: Any, place: str) -> dict[str, Any]:
        return value if isinstance(value, dict) else self._unread(place, {})

    def list(self, value: Any, place: str) -> list[Any]:
        return value if isinstance(value, list) else self._unread(place, [])

    def time(self, table: dict[str, Any], key: str, place: str, *, needed: bool = False) -> datetime | None:
        """Read a time with its zone; without a zone it says nothing."""
        value = table.get(key)
        if value is None and not needed:
            return None
        try:
            time = datetime.fromisoformat(str(value).replace("Z", "+00:00"))  # Python 3.10 does not know the Z
        except ValueError:
            return self._unread(place, None)
        if time.tzinfo is None:
            return self._unread(place, None)
        return time

    def _unread(self, place: str, instead: Taken) -> Taken:
        self.unread.append(place)
        return instead


def _earlier(reader: _Reader, value: Any, submitted: datetime | None) -> Iterator[dict[str, Any]]:
    """Attempts before this one in the order of their times; when an old one is graded again, there are later ones too."""
    entries, times = [], []
    for k, entry in enumerate(reader.list(value, "previous_submissions")):
        place = f"previous_submissions[{k}]"
        entries.append(reader.table(entry, place))
        times.append(reader.time(entries[-1], "submission_time", f"{place}.submission_time"))
    known = [(time, k) for k, time in enumerate(times) if time is not None]
    if len(known) < len(entries):
        yield from entries  # in the order of the file
    else:
        yield from (entries[k] for time, k in sorted(known) if submitted is None or time < submitted)


def _results(entry: dict[str, Any]) -> dict[str, Earlier]:
    """What every check had; nothing if any check of today is not there, which is another grader's result, or an older one's."""
    results = entry.get("results")
    tests = results.get("tests") if isinstance(results, dict) else None
    found = {}
    for test in tests if isinstance(tests, list) else ():
        tags = test.get("tags") if isinstance(test, dict) else None
        name = tags[2] if isinstance(tags, list) and len(tags) == 3 else None
        if isinstance(name, str) and name in checks() and _is_number(test.get("score")) and _is_number(test.get("max_score")):
            found[name] = Earlier(test.get("status") == "passed", test["score"], test["max_score"])
    return found if set(found) == set(checks()) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST  # also false for NaN
