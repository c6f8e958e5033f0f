"""What the platform tells of a submission, however it tells it."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.configuration import Configuration
from autograder.homework import checks
from autograder.report.course import Metadata, kept_fraction, lateness_sentence, span
from autograder.report.metadata import from_document, read_metadata

DUE = "2026-03-01T23:00:00.000000-08:00"


def handed_in(created_at="2026-03-01T10:00:00.123456-08:00", due_date=DUE, users=({},), **more):
    """Metadata as Gradescope writes them."""
    assignment = {"due_date": due_date, "late_due_date": None, "group_size": 4, "title": "Homework", "total_points": "100.0"}
    people = [{"email": "s@example.com", "id": k, "name": "S", **user} for k, user in enumerate(users)]
    document = {"id": 1, "created_at": created_at, "assignment": assignment, "users": people, "submission_method": "upload"}
    return {"previous_submissions": [], **document, **more}


def extended(due_date):
    return {"assignment": {"due_date": due_date, "late_due_date": None}}


def graded(passing, time="2026-02-01T10:00:00.000000-08:00"):
    """An earlier attempt with our own results."""
    tests = [
        {
            "tags": [check.question, check.kind, name],
            "score": check.points if name in passing else 0.0,
            "max_score": check.points,
            "status": "passed" if name in passing else "failed",
        }
        for name, check in checks().items()
    ]
    return {"submission_time": time, "score": 1.0, "results": {"tests": tests}}


IN_TIME, HOUR = timedelta(0), timedelta(hours=1)
NEXT_HOUR = "2026-03-02T00:00:00.000000-08:00"
LATE = [
    # what is told, how late it is
    ("in time", handed_in(), IN_TIME),
    ("on the second", handed_in(DUE), IN_TIME),
    ("an hour late", handed_in(NEXT_HOUR), HOUR),
    ("in another zone, in time", handed_in("2026-03-02T07:00:00.000000+00:00"), IN_TIME),
    ("in another zone, late", handed_in("2026-03-02T07:00:00+00:00", "2026-03-02T07:00:00+01:00"), HOUR),
    ("the zone written as Z", handed_in("2026-03-02T08:00:00Z"), HOUR),
    ("over the change of the clock", handed_in("2026-03-08T23:00:00-07:00", "2026-03-07T23:00:00-08:00"), 23 * HOUR),
    ("with an extension", handed_in(NEXT_HOUR, users=[extended("2026-03-03T23:00:00-08:00")]), IN_TIME),
    ("with a shorter time", handed_in("2026-03-01T10:00:00-08:00", users=[extended("2026-03-01T09:00:00-08:00")]), HOUR),
    ("extension without a date", handed_in(NEXT_HOUR, users=[extended(None)]), HOUR),
    ("a group, one with an extension", handed_in(NEXT_HOUR, users=[{}, extended("2026-03-03T23:00:00-08:00")]), IN_TIME),
    ("a group, one with a shorter time", handed_in(NEXT_HOUR, users=[extended("2026-02-01T23:00:00-08:00"), {}]), HOUR),
    ("no due date", handed_in("2030-01-01T00:00:00-08:00", due_date=None), IN_TIME),
    ("no users", handed_in(NEXT_HOUR, users=[]), HOUR),
]


@pytest.mark.parametrize(("document", "late"), [case[1:] for case in LATE], ids=[case[0] for case in LATE])
def test_lateness_is_counted_from_the_due_date_that_holds_for_the_student(document, late):
    """A group has the latest of its members' dates."""
    metadata = from_document(document)
    assert metadata.late == late
    assert metadata.remark == ""


UNREADABLE = [
    ("no object", [1], "everything"),
    ("no time", handed_in(created_at=None), "created_at"),
    ("a time without a zone", handed_in(created_at="2026-03-05T10:00:00"), "created_at"),
    ("a number for a time", handed_in(created_at=1772388000), "created_at"),
    ("a due date in words", handed_in(due_date="Sunday"), "assignment.due_date"),
    ("no assignment", handed_in(assignment=None), "assignment"),
    ("users are none", {**handed_in(), "users": None}, "users"),
    ("an extension in words", handed_in(users=[extended("next week")]), "users[0].assignment.due_date"),
    ("previous submissions are a number", handed_in(previous_submissions=3), "previous_submissions"),
    ("a previous submission is a number", handed_in(previous_submissions=[3]), "previous_submissions[0]"),
]


@pytest.mark.parametrize(("document", "place"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_what_cannot_be_read_is_told_in_one_remark_and_nobody_is_late(document, place):
    """The instructor reads it; a student loses nothing by it."""
    metadata = from_document(document)
    assert place in metadata.remark
    assert metadata.remark.count("\n") == 0
    assert not metadata.late


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5_000], ids=range(6))
def test_a_file_that_is_missing_or_broken_is_told_too(tmp_path, content):
    """Nothing raises."""
    path = tmp_path / "submission_metadata.json"
    if content is not None:
        path.write_bytes(content)
    metadata = read_metadata(path)
    assert "submission_metadata.json" in metadata.remark
    assert (metadata.attempt, metadata.late) == (None, timedelta(0))


def test_a_file_is_read(tmp_path):
    """As the platform writes it."""
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(handed_in(created_at="2026-03-02T00:00:00.000000-08:00")))
    assert read_metadata(path).late == timedelta(hours=1)


keys = st.text() | st.sampled_from(["created_at", "due_date", "tests", "results"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(timezones=st.timezones()).map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
PLACES = [
    ("created_at",),
    ("assignment",),
    ("assignment", "due_date"),
    ("users",),
    ("users", 0),
    ("users", 0, "assignment"),
    ("users", 0, "assignment", "due_date"),
    ("previous_submissions",),
    ("previous_submissions", 0),
    ("previous_submissions", 0, "submission_time"),
    ("previous_submissions", 0, "results"),
    ("previous_submissions", 0, "results", "tests"),
    ("previous_submissions", 0, "results", "tests", 0),
    *(("previous_submissions", 0, "results", "tests", 0, key) for key in ("tags", "score", "max_score", "status")),
    ("previous_submissions", 0, "results", "tests", 0, "tags", 2),
]


@given(st.sampled_from(PLACES), anything)
def test_no_place_of_the_document_can_hold_what_raises(place, value):
    """Whatever the platform changes one day."""
    document = handed_in(users=[extended(DUE)], previous_submissions=[graded(["q1.shape"])])
    parent = document
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    metadata = from_document(document)
    assert metadata.late >= timedelta(0)
    assert set(metadata.before) in (set(), set(checks()))


@given(anything)
def test_no_document_raises(document):
    """Not even one of another program."""
    assert isinstance(from_document(document), Metadata)


def test_the_latest_attempt_before_this_one_is_compared_with():
    """Whatever the order in the file; attempts after this one are not before it when it is graded again."""
    attempts = [
        graded(["q1.shape", "q2.shape"], "2026-02-20T10:00:00-08:00"),
        graded([], "2026-02-10T10:00:00-08:00"),
        graded(list(checks()), "2026-03-01T18:00:01+00:00"),
    ]
    metadata = from_document(handed_in(previous_submissions=attempts))
    assert metadata.attempt == 3
    assert {name for name, before in metadata.before.items() if before.passed} == {"q1.shape", "q2.shape"}


OTHERS = [
    {"tests": []},
    {"tests": [{"name": "test_1", "score": 1, "max_score": 1}]},
    {"tests": [{"tags": ["q1", "shape", "q1.shape"], "score": float("nan"), "max_score": 1}]},
    {"score": 3},
    None,
    [],
]


@pytest.mark.parametrize("results", OTHERS)
def test_results_of_another_grader_are_not_compared_with(results):
    """The attempt is counted all the same."""
    attempts = [{"submission_time": "2026-02-01T10:00:00-08:00", "results": results}]
    metadata = from_document(handed_in(previous_submissions=attempts))
    assert (metadata.attempt, metadata.before) == (2, {})


def late_by(**span):
    due = datetime(2026, 3, 1, 23, tzinfo=timezone(timedelta(hours=-8)))
    return Metadata(submitted=due + timedelta(**span), due=due)


POLICY = Configuration(percent_per_day=20, grace_minutes=30, latest_day=3)
FRACTIONS = [
    (Configuration(), {"days": 400}, 1.0, "400 days after it was due (2026-03-01 23:00 UTC-08:00)."),
    (POLICY, {"days": -1}, 1.0, ""),
    (POLICY, {"minutes": 30}, 1.0, "within 30 minutes of grace"),
    (POLICY, {"minutes": 31}, 0.8, "It loses 20 % of its points: 20 % for each day that has begun."),
    (POLICY, {"days": 1}, 0.8, "1 day after it was due"),
    (POLICY, {"days": 1, "seconds": 1}, 0.6, "It loses 40 %"),
    (POLICY, {"days": 3}, 0.4, "It loses 60 %"),
    (POLICY, {"days": 3, "seconds": 1}, 0.0, "More than 3 days late, it gets no points."),
    (Configuration(latest_day=1), {"hours": 5}, 1.0, "It keeps its points."),
    (Configuration(latest_day=0), {"seconds": 1}, 0.0, "More than 0 days late, it gets no points."),
    (Configuration(percent_per_day=50), {"days": 9}, 0.0, "It loses 100 % of its points"),
]


@pytest.mark.parametrize(("configuration", "late", "fraction", "words"), FRACTIONS)
def test_lateness_costs_what_the_course_says_and_the_student_reads_why(configuration, late, fraction, words):
    """By started days, after a time of grace, up to a latest day; nothing unless a course wants it."""
    metadata = late_by(**late)
    assert kept_fraction(metadata, configuration) == pytest.approx(fraction)
    said = lateness_sentence(metadata, configuration)
    assert words in said
    assert bool(said) == (metadata.late > timedelta(0))


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ({"seconds": 1}, "1 minute"),
        ({"minutes": 59, "seconds": 1}, "1 hour"),
        ({"hours": 2, "minutes": 5}, "2 hours 5 minutes"),
        ({"days": 1, "minutes": 5}, "1 day 5 minutes"),
        ({"days": 2, "hours": 3, "minutes": 5}, "2 days 3 hours"),
    ],
)
def test_a_length_of_time_is_told_in_two_units(time, words):
    """Seconds count as a minute, so that nothing is late by nothing."""
    assert span(timedelta(**time)) == words
