"""A report as JSON, and back: report.json, from which pages and tables are made.

What is read may be anything: every value has its type checked, and nothing but the exceptions named here is raised.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

from autograder.homework import Check
from autograder.judge.results import CheckResult, Failure, Measurement, Outcome, Report, Status, TestResult
from autograder.report.blocks import clean

Value = TypeVar("Value")


def to_json(report: Report) -> dict[str, Any]:
    """Make a document of a report; points are numbers as students read them, not hundredths."""
    return {
        "submission": report.submission,
        "status": report.status,
        "reason": clean(report.reason),
        "score": report.score / 100,
        "kept": report.kept,
        "about": [clean(sentence) for sentence in report.about],
        "checks": [_check_to_json(result) for result in report.checks],
        "sandbox": list(report.sandbox),
        "meters": [
            {"question": reading.question, "meter": reading.meter, "axis": reading.axis, "value": reading.finite}
            for reading in report.meters
        ],
        "speed_ups": {question: value if math.isfinite(value) else 0.0 for question, value in report.speed_ups.items()},
        "seconds": report.seconds,
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
    hint = {"id": failure.hint[0], "question": clean(failure.hint[1])} if failure.hint else None
    return {
        "summary": clean(failure.summary),
        "table": clean(failure.table),
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
