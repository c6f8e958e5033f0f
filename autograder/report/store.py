"""The folder that results land in: results.json, report.json and what tells whether they are valid, of each submission.

A file that is read may hold anything: every value has its type checked, and nothing but the exceptions named here is raised.
Files are replaced as a whole: a reader finds the old text or the new one, also after a crash.
"""

import contextlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import QUESTIONS, Check
from autograder.judge.results import CheckResult, Failure, Measurement, Outcome, Report, Status, TestResult
from autograder.report.course import Metadata, for_course, lateness_note, points
from autograder.report.results import UNKNOWN, as_json, render
from autograder.report.words import first_words
from autograder.text import printable

RESULTS = "results.json"  # what Gradescope takes
REPORT = "report.json"  # beside it: all results as data
GRADED = ".graded.json"  # beside them: the submission's row, and the key under which all of it stays valid
STUDENT_PAGE = "report.html"  # what the student reads
# All that reading a changed or torn file may raise, beside what the system says.
BROKEN = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)

Value = TypeVar("Value")


@dataclass(frozen=True)
class Row:
    """A submission in grades.csv and on the terminal."""

    submission: str  # its name
    score: int  # hundredths, after what lateness takes off
    questions: Mapping[str, int]  # hundredths by question, before that
    status: Status
    seconds: float  # that judging took, by the wall clock
    first_failed: str = ""  # id of the first check that failed
    first_words: str = ""  # what to look at first: what that check found, or why nothing was graded
    late_note: str = ""  # why the score is lower than the sum of the questions
    fault: str = ""  # where a check of the grader's failed by itself, and how

    @classmethod
    def of(cls, report: Report, late_note: str) -> "Row":
        """Sum up a report that is on the scale of its course."""
        earned = dict.fromkeys(QUESTIONS, 0)
        for result in report.checks:
            earned[result.check.question] += result.points
        failed = report.first_failed if report.status == "graded" else None
        return cls(
            report.submission,
            report.score,
            earned,
            report.status,
            round(report.seconds, 2),
            failed.check.id if failed else "",
            first_words(report),
            late_note,
            report.faults[0] if report.faults else "",
        )

    @property
    def what_first(self) -> str:
        """What an instructor reads beside the points, in one line."""
        check = f"{self.first_failed}:" if self.first_failed else ""
        fault = f"The grader failed at {self.fault}." if self.fault else ""
        return " ".join(words for words in (self.late_note, fault, check, self.first_words) if words)

    def cells(self) -> dict[str, str]:
        """The row as grades.csv has it, by column."""
        by_question = {question: points(earned) for question, earned in self.questions.items()}
        return {
            "submission": self.submission,
            "score": points(self.score),
            **by_question,
            "status": self.status,
            "seconds": f"{self.seconds:.2f}",
        }

    def called(self, submission: str) -> "Row":
        """Make the row of another submission with the same answers."""
        return replace(self, submission=submission)

    def to_json(self) -> dict[str, Any]:
        """Make a document of it."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Any) -> "Row":
        """Read it again.

        Raises
        ------
        TypeError, AttributeError, OverflowError
            It is not one.
        """
        row = cls(**document)
        if not all(type(hundredths) is int for hundredths in (row.score, *row.questions.values())):
            raise TypeError(document)
        row.cells()
        return row


def save(out: Path, report: Report, key: str, configuration: Configuration = DEFAULT, metadata: Metadata = UNKNOWN) -> Row:
    """Write a submission's results, and beside them the key under which they stay valid; return its row."""
    graded = for_course(report, configuration, metadata)
    row = Row.of(graded, lateness_note(metadata, configuration))
    _write(out, as_json(render(graded, configuration, metadata)), as_json(to_json(graded)), key, row)
    return row


def load(out: Path, submission: str, key: str) -> Row | None:
    """Read the row of a submission that was graded under the same key before; None where there is none to rely on."""
    try:
        json.loads((out / submission / RESULTS).read_text(encoding="utf-8"))
        read_report(out, submission)
        graded = _read(out, submission)
        row = Row.from_json(graded["row"])
        return row if graded["key"] == key and row.status != "error" else None
    except (OSError, *BROKEN):
        return None


def copy(out: Path, graded: str, submission: str, key: str) -> Row | None:
    """Give a submission the result of another one with the same key; return its row, None where there is none to rely on."""
    found = load(out, graded, key)
    if found is None:
        return None
    row = found.called(submission)
    report = json.loads((out / graded / REPORT).read_text(encoding="utf-8")) | {"submission": submission}
    _write(out, (out / graded / RESULTS).read_text(encoding="utf-8"), as_json(report), key, row)
    return row


def read_report(out: Path, submission: str) -> Report:
    """Read the results of a submission.

    Raises
    ------
    OSError
        There are none.
    Exception
        One of `BROKEN`: they are not what was written.
    """
    return from_json(json.loads((out / submission / REPORT).read_text(encoding="utf-8")))


def stored(out: Path, submissions: Iterable[str]) -> Iterator[Row]:
    """Read the rows of submissions that have landed, one by one, whatever their keys."""
    for submission in submissions:
        with contextlib.suppress(OSError, *BROKEN):
            yield Row.from_json(_read(out, submission)["row"])


def _write(out: Path, results: str, report: str, key: str, row: Row) -> None:
    folder = out / row.submission
    (folder / GRADED).unlink(missing_ok=True)  # a run that is killed in between leaves nothing that could be taken for whole
    write_atomically(folder / RESULTS, results)
    write_atomically(folder / REPORT, report)
    write_atomically(folder / GRADED, json.dumps({"key": key, "row": row.to_json()}))


def _read(out: Path, submission: str) -> dict[str, Any]:
    graded: dict[str, Any] = json.loads((out / submission / GRADED).read_text(encoding="utf-8"))
    return graded


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Replace a file by a text or its pieces, in UTF-8 without a byte order mark; its folder is made.

    A draft that a crash leaves has the name of the next one, which replaces it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.writelines([text] if isinstance(text, str) else text)
    draft.replace(path)


def to_json(report: Report) -> dict[str, Any]:
    """Make a document of a report; points are numbers as students read them, not hundredths."""
    return {
        "submission": report.submission,
        "status": report.status,
        "reason": printable(report.reason),
        "score": report.score / 100,
        "kept": report.kept,
        "about": [printable(sentence) for sentence in report.about],
        "checks": [_check_to_json(result) for result in report.checks],
        "sandbox": list(report.sandbox),
        "meters": [
            {"question": reading.question, "meter": reading.meter, "axis": reading.axis, "value": reading.finite}
            for reading in report.meters
        ],
        "speed_ups": {question: value if math.isfinite(value) else 0.0 for question, value in report.speed_ups.items()},
        "seconds": report.seconds,
        "faults": [printable(fault) for fault in report.faults],
    }


def _check_to_json(result: CheckResult) -> dict[str, Any]:
    check, failure = result.check, result.failure
    found = _failure_to_json(failure) if failure else {}
    return {
        "id": check.id,
        "number": check.number,
        "kind": check.kind,
        "seen": check.seen,
        "title": check.title,
        "points": result.points / 100,
        "max_points": result.max_points / 100,
        "visibility": result.visibility,
        "outcome": result.outcome,
        "blocked_by": list(result.blocked_by),
        **found,
        "tests": [_test_to_json(test) for test in result.tests],
    }


def _test_to_json(test: TestResult) -> dict[str, Any]:
    found = _failure_to_json(test.failure) if test.failure else {}
    about = {"title": test.title, "weight": test.weight, "outcome": test.outcome, "blocked_by": list(test.blocked_by)}
    return {**about, **found}


def _failure_to_json(failure: Failure) -> dict[str, Any]:
    hint = {"id": failure.hint[0], "question": printable(failure.hint[1])} if failure.hint else None
    return {
        "summary": printable(failure.summary),
        "table": printable(failure.table),
        "hint": hint,
        "on_public_data": failure.on_public_data,
    }


def from_json(document: Any) -> Report:
    """Read a report.

    Raises
    ------
    KeyError, TypeError, ValueError
        The document is not one that `to_json` made.
    """
    top = _typed(document, dict)
    return Report(
        _text(top["submission"]),
        _one_of(get_args(Status), top["status"]),
        _text(top["reason"]),
        tuple(_check_from_json(item) for item in _typed(top["checks"], list)),
        tuple(_text(item) for item in _typed(top["sandbox"], list)),
        tuple(_measurement(item) for item in _typed(top["meters"], list)),
        {_text(name): _number(value) for name, value in _typed(top["speed_ups"], dict).items()},
        _number(top["seconds"]),
        _fraction(top["kept"]),
        tuple(_text(item) for item in _typed(top["about"], list)),
        tuple(_text(item) for item in _typed(top["faults"], list)),
    )


def _check_from_json(item: Any) -> CheckResult:
    entry = _typed(item, dict)
    worth = _hundredths(entry["max_points"])
    number, kind, seen, title = (_text(entry[key]) for key in ("number", "kind", "seen", "title"))
    return CheckResult(
        Check(_text(entry["id"]), number, kind, worth / 100, seen, title),
        tuple(_test_from_json(test) for test in _typed(entry["tests"], list)),
        _hundredths(entry["points"]),
        worth,
        _text(entry["visibility"]),
    )


def _test_from_json(item: Any) -> TestResult:
    entry = _typed(item, dict)
    outcome = _one_of(get_args(Outcome), entry["outcome"])
    blocked_by = tuple(_text(name) for name in _typed(entry["blocked_by"], list))
    failure = _failure_from_json(entry) if "summary" in entry else None
    return TestResult(_text(entry["title"]), _number(entry["weight"]), outcome, failure, blocked_by)


def _failure_from_json(entry: Mapping[str, Any]) -> Failure:
    hint = None
    if entry["hint"] is not None:
        asked = _typed(entry["hint"], dict)
        hint = _text(asked["id"]), _text(asked["question"])
    return Failure(_text(entry["summary"]), _text(entry["table"]), hint, _typed(entry["on_public_data"], bool))


def _measurement(item: Any) -> Measurement:
    entry = _typed(item, dict)
    value = None if entry["value"] is None else _number(entry["value"])
    return Measurement(_text(entry["question"]), _text(entry["meter"]), _text(entry["axis"]), value)


def _typed(value: Any, kind: type[Value]) -> Value:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    text = _typed(value, str)
    text.encode()  # raises at half a character, which JSON can hold and a page cannot
    return text


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(value)
    return float(value)


def _fraction(value: Any) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError(value)
    return number


def _one_of(allowed: Sequence[Value], value: Any) -> Value:
    return allowed[allowed.index(value)]  # raises ValueError where it is none of them


def _hundredths(value: Any) -> int:
    return round(100 * _number(value))
