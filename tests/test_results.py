"""results.json: valid for Gradescope whatever happened, and safe to read whatever a student wrote."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.configuration import Configuration
from autograder.homework import ASSIGNMENT, QUESTIONS, checks, checks_of
from autograder.intake.submission import Submission, stage
from autograder.judge.results import CheckResult, Failure, Report, TestResult
from autograder.report.course import (
    SHOWN_LATER,
    Earlier,
    Metadata,
    for_course,
    full_marks,
    points,
    redacted,
    shares,
    worth_of_checks,
    worth_of_questions,
)
from autograder.report.results import as_json, for_instructor, results, unfinished
from autograder.report.store import from_json, to_json, write_atomically
from autograder.report.words import LONGEST_OUTPUT, Heading, Hint, Paragraph, Table, Verbatim, to_html
from autograder.text import printable
from public_checks.answers import listed
from tests.as_read import Page
from tests.classes import measured
from tests.configurations import configurations
from tests.gradescope import SCHEMA
from tests.handed_in import REFERENCE

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TAGS = {"p", "pre", "strong", "table", "thead", "tbody", "tr", "th", "td"}
ZONE = timezone(timedelta(hours=1))

MARKUP = ["<script>alert(1)</script>", "</pre><b>", "<!--", "&amp;&#60;b", "**x** `y` [a](b)", "$$x$$"]
UNPRINTABLE = ["\0", "\x1b", "\r", "\x7f", "\x85", "\u200b", "\u202e", "\u2028", "\ufeff", "\ud800"]

anything_written = st.text(st.characters(exclude_categories=())) | st.sampled_from(MARKUP + UNPRINTABLE)
hints = st.none() | st.tuples(st.just("no-mean"), anything_written)
failures = st.builds(Failure, anything_written, anything_written, hints, st.booleans())
blockers = st.lists(st.sampled_from(list(checks())), max_size=2, unique=True).map(tuple)


def a_test(weight, outcome, failure, blocked_by):
    """A test as the judge makes it: a failure only where it failed, blockers only where it was not judged."""
    found = failure if outcome == "failed" else None
    return TestResult("a part", weight, outcome, found, blocked_by if outcome == "not judged" else ())


@st.composite
def reports(draw):
    """Reports of every status, in which a few checks have tests of any kind, and the others pass."""
    outcomes = st.sampled_from(["passed", "failed", "not judged"])
    status = draw(st.sampled_from(["graded", "invalid", "error"]))
    results = []
    if status == "graded" or (status == "error" and draw(st.booleans())):
        odd = draw(st.sets(st.sampled_from(list(checks())), max_size=3))
        for name, check in checks().items():
            tests = st.lists(st.builds(a_test, st.sampled_from([1.0, 2.0, 3.0]), outcomes, failures, blockers), max_size=3)
            results.append(CheckResult.of(check, tuple(draw(tests)) if name in odd else (TestResult("", 1.0, "passed"),)))
    return Report(
        draw(anything_written),
        status,
        draw(anything_written),
        tuple(results),
        draw(st.lists(st.sampled_from(["user", "files"]))),
        measured(draw(st.dictionaries(st.sampled_from(["q4.steps.N", "q4.cpu_ratio.N"]), st.none() | st.floats()))),
        draw(st.dictionaries(st.sampled_from(["q4", "q5"]), st.floats())),
        draw(st.floats(0, 1000)),
    )


WRONG_ANSWER = Failure("It is not right.")
FIRST = datetime(2026, 3, 1, tzinfo=ZONE)
moments = st.none() | st.timedeltas(timedelta(0), timedelta(days=40)).map(FIRST.__add__)
earlier = st.fixed_dictionaries(
    {name: st.builds(Earlier, st.booleans(), st.floats(0, 9), st.floats(0, 9)) for name in checks()}
)
metadata = st.builds(Metadata, moments, moments, st.none() | st.integers(1, 99), st.just({}) | earlier, anything_written)


def judged(passing=(), failure=WRONG_ANSWER, status="graded", **more):
    """A report in which some checks pass, and all others fail in the same way."""
    passed, failed = (TestResult("", 1.0, "passed"),), (TestResult("", 1.0, "failed", failure),)
    results = [CheckResult.of(check, passed if name in passing else failed) for name, check in checks().items()]
    return Report("alice", status, checks=tuple(results), **more)


def waiting(*names):
    """A test that was not judged because of some checks."""
    return TestResult("P is right on random data", 1.0, "not judged", blocked_by=names)


@given(reports(), configurations, metadata)
def test_every_report_makes_a_valid_result(report, configuration, metadata):
    """By the schema, within the lengths, in UTF-8, without NaN; and nothing in it is interpreted."""
    rendered = results(report, configuration, metadata)
    text = json.dumps(rendered, ensure_ascii=False, allow_nan=False)
    assert json.loads(text.encode("utf-8")) == rendered
    VALIDATOR.validate(rendered)
    for output in (rendered["output"], *(test["output"] for test in rendered["tests"])):
        page = Page(output)
        assert page.tags <= TAGS
        assert not page.open
        assert all(printable(line) == line for line in page.words.split("\n"))
    assert all(printable(line) == line for line in for_instructor(report, metadata).split("\n"))


@given(reports(), configurations, metadata)
def test_a_report_is_read_as_it_was_stored(report, configuration, metadata):
    """All that pages show is in report.json, in valid UTF-8; what could not be printed is replaced before."""
    graded = for_course(report, configuration, metadata)
    document = to_json(graded)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", errors="surrogatepass")
    again = from_json(json.loads(json.dumps(document).replace("\\ud800", "?")))
    assert to_json(replace(again, submission=graded.submission)) == document or b"\xed" in text
    assert (again.score, again.earned, again.max_score) == (graded.score, graded.earned, graded.max_score)
    assert [result.outcome for result in again.checks] == [result.outcome for result in graded.checks]
    assert list(again.hints) == list(graded.hints)


@pytest.mark.parametrize("odd", UNPRINTABLE, ids=[f"U+{ord(character):04X}" for character in UNPRINTABLE])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0])
def test_odd_characters_and_numbers_are_kept_out_wherever_they_can_stand(odd, number):
    """A lone surrogate cannot be written, a NaN cannot be read, and a board knows no infinity."""
    meters = measured({"q4.steps.N": number})
    report = judged(failure=Failure(odd, odd), reason=f"a{odd}", meters=meters, speed_ups={"q4": number})
    rendered = results(report, metadata=Metadata(remark=odd))
    text = json.dumps(rendered, ensure_ascii=False, allow_nan=False)
    assert text.encode("utf-8")
    assert odd not in json.loads(text)["extra_data"].values()
    assert printable(rendered["extra_data"]["reason"]) == rendered["extra_data"]["reason"]
    assert rendered["leaderboard"] == []


@given(reports(), configurations, metadata)
def test_what_is_shown_adds_up_exactly(report, configuration, metadata):
    """Checks to questions, questions and what lateness takes to the total, in decimal numbers."""
    rendered = results(report, configuration, replace(metadata, submitted=None))
    scores = [Decimal(str(test["score"])) for test in rendered["tests"]]
    assert sum(scores) == Decimal(str(rendered["score"]))
    if rendered["tests"]:
        most = [Decimal(str(test["max_score"])) for test in rendered["tests"]]
        assert sum(most) == Decimal(full_marks(configuration)) / 100
        assert all(0 <= score <= worth for score, worth in zip(scores, most))
        passed = [test["status"] == "passed" for test in rendered["tests"]]
        assert all(score == worth for score, worth, all_of_it in zip(scores, most, passed) if all_of_it)


@given(st.integers(0, 10**6), st.dictionaries(st.text(), st.floats(0.5, 100), min_size=1))
def test_shares_of_a_total_add_up_to_it_and_are_off_by_less_than_one(total, weights):
    """However it is divided."""
    parts = shares(total, weights)
    assert sum(parts.values()) == total
    assert all(abs(parts[name] - total * weights[name] / sum(weights.values())) < 1 + 1e-6 for name in weights)


def cells(output):
    """Rows of the table in an output, as text."""
    rows = output.partition("<table")[2].partition("</table>")[0].split("<tr>")[1:]
    return [[Page(cell).words for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_the_table_on_top_adds_up_with_a_penalty():
    """On a scale of 10, a third lost for being late."""
    due = datetime(2026, 3, 1, tzinfo=ZONE)
    late = Metadata(submitted=due + timedelta(hours=1), due=due)
    configuration = Configuration(total_points=10, percent_per_day=33)
    passing = [name for name in checks() if name != "q4.timing"]
    rendered = results(judged(passing), configuration, late)
    table = cells(rendered["output"])[1:]
    most, lost = worth_of_questions(configuration), worth_of_checks(configuration)["q4.timing"]
    earned = [worth - lost * (question == "q4") for question, worth in most.items()]
    score = round(sum(earned) * 0.67)
    assert rendered["score"] == score / 100
    assert [row[2] for row in table[:-2]] == [f"{points(mark)} of {points(full)}" for mark, full in zip(earned, most.values())]
    assert [row[2] for row in table[-2:]] == [points(score - sum(earned)), f"{points(score)} of 10"]
    counts = [len(checks_of(question)) for question in most]
    assert [row[3] for row in table[:-2]] == [f"{n - (name == 'q4')} of {n}" for name, n in zip(most, counts)]
    assert [row[3] for row in table[-2:]] == ["", f"{sum(counts) - 1} of {sum(counts)}"]


def test_defaults_change_no_points():
    """Where a course sets no total, a check is worth what stands in the table."""
    rendered = results(judged(["q1.shape"]))
    assert [test["max_score"] for test in rendered["tests"]] == [check.points for check in checks().values()]
    assert rendered["score"] == checks()["q1.shape"].points
    assert {test["visibility"] for test in rendered["tests"]} == {"visible"}


@given(anything_written)
def test_whatever_is_written_is_shown_and_not_interpreted(text):
    """In every kind of block; only what cannot be printed is replaced."""
    for block, before in ((Paragraph(text), ""), (Heading(text), ""), (Verbatim(text), ""), (Hint(text), "Hint: ")):
        page = Page(to_html([block]))
        assert page.words == before + printable(text)
        assert page.tags <= {"p", "pre", "strong"}
    assert Page(to_html([Table(("", text), (("a", text),))])).words == printable(text) + "a" + printable(text)


@pytest.mark.parametrize("character", UNPRINTABLE, ids=[f"U+{ord(character):04X}" for character in UNPRINTABLE])
def test_what_cannot_be_printed_is_replaced(character):
    """Control characters, changes of direction, marks of byte order, half characters; line breaks and umlauts stay."""
    assert printable(f"a{character}b") == "a\ufffdb"
    assert printable("ä\n\t∂ 漢") == "ä\n\t∂ 漢"


@pytest.mark.parametrize("character", "x&'<\U0001f600", ids=["plain", "ampersand", "quote", "bracket", "emoji"])
def test_no_output_is_longer_than_the_platform_takes(character):
    """It ends with a sentence that says so, and with all tags closed."""
    long = character * 200_000
    tests = (TestResult("title", 1.0, "failed", Failure(long, long, ("id", long))),) * 9
    rendered = results(replace(judged(), reason=long, checks=(CheckResult.of(checks()["q5.values"], tests),)))
    VALIDATOR.validate(rendered)
    output = rendered["tests"][0]["output"]
    assert 20_000 < len(output) <= LONGEST_OUTPUT
    assert "left out" in Page(output).words
    assert not Page(output).open


def test_tables_of_numbers_keep_their_columns():
    """In a block that is laid out as it is, after a sentence that introduces it."""
    failure = Failure("dW is not right.", "        yours  expected\n[0]      1.5         2", on_public_data=True)
    output = next(test["output"] for test in results(judged(failure=failure))["tests"])
    assert "<p" in output.partition("With the public data:")[0]
    assert "\n        yours  expected\n[0]      1.5         2</pre>" in output


def test_what_an_exception_said_stands_apart():
    """The sentence around it is ours."""
    output = results(judged(failure=Failure("f raised KeyError at softmax.py line 3.", "('b')")))["tests"][0]["output"]
    assert Page(output).tags == {"p", "pre"}
    assert "line 3.</p>" in output


def test_parts_that_are_not_judged_for_one_reason_are_told_once():
    """A reason more would be noise."""
    result = CheckResult.of(checks()["q5.values"], (waiting("q5.shape"), waiting("q5.shape")))
    output = results(replace(judged(), checks=(result,)))["tests"][0]["output"]
    assert Page(output).words == "not judged: q5.shape failed"


def test_a_hint_that_two_parts_give_is_told_once():
    """Behind the first; another hint is another question."""
    found = [("no-mean", "Is the mean missing?"), ("no-mean", "Is the mean missing?"), ("sign", "Which sign?"), None]
    tests = tuple(TestResult(f"part {k}", 1.0, "failed", Failure("Wrong.", hint=hint)) for k, hint in enumerate(found))
    rendered = results(replace(judged(), checks=(CheckResult.of(checks()["q5.values"], tests),)))
    words = Page(rendered["tests"][0]["output"]).words
    assert words.count("Is the mean missing?") == words.count("Which sign?") == 1
    assert words.index("part 0") < words.index("Is the mean missing?") < words.index("part 1")
    assert words.count("Wrong.") == 4


def test_names_bear_a_mark_and_the_id_that_messages_speak_of():
    """Readable without colours."""
    waits = CheckResult.of(checks()["q1.stability"], (waiting("q1.shape"),))
    report = judged(["q1.shape"])
    report = replace(report, checks=(*report.checks[:3], waits, *report.checks[4:]))
    names = [test["name"] for test in results(report)["tests"][:4]]
    assert names[0] == "✓ q1.shape: J is (C, C), float and finite; z is left as it was"
    assert [name[0] for name in names] == ["✓", "✗", "✗", "–"]


def before(passing):
    worths = {name: worth / 100 for name, worth in worth_of_checks(Configuration()).items()}
    return {name: Earlier(name in passing, worth * (name in passing), worth) for name, worth in worths.items()}


def worth_of(*names):
    """What some checks are worth together, as students read it."""
    return points(sum(worth_of_checks(Configuration())[name] for name in names))


PROGRESS = [
    (Metadata(), ["q1.shape"], ""),
    (Metadata(attempt=1, before={}), ["q1.shape"], "Attempt 1."),
    (
        Metadata(attempt=2, before=before([])),
        ["q1.shape"],
        f"Attempt 2: 1 more check passes than last time. q1 went from 0 to {worth_of('q1.shape')}.",
    ),
    (Metadata(attempt=2, before=before(["q1.shape"])), ["q1.shape"], "Attempt 2: as many checks pass as last time."),
    (
        Metadata(attempt=5, before=before(["q1.shape", "q4.loops", "q4.timing"])),
        ["q1.shape"],
        f"Attempt 5: 2 fewer checks pass than last time. q4 went from {worth_of('q4.loops', 'q4.timing')} to 0.",
    ),
]


@pytest.mark.parametrize(("metadata", "passing", "words"), PROGRESS)
def test_a_student_reads_what_has_changed_since_the_last_attempt(metadata, passing, words):
    """First of all."""
    said = Page(results(judged(passing), metadata=metadata)["output"]).words
    assert said.startswith(words)
    assert ("Attempt" in said) == bool(words)


def test_points_on_another_scale_are_not_compared():
    """Checks are."""
    metadata = Metadata(attempt=2, before=before([]))
    said = Page(results(judged(["q1.shape"]), Configuration(total_points=10), metadata)["output"]).words
    assert "1 more check passes than last time." in said
    assert "went from" not in said


LATER = Configuration(visibility={"default": "visible", "q4": "after_due_date", "q5.timing": "after_published"})


def test_checks_that_are_shown_later_are_told_nowhere_before():
    """Neither by a sum, nor by a board, nor by a check that leans on them, nor by the comparison with the last attempt."""
    leans = CheckResult.of(checks()["q5.loops"], (waiting("q5.timing"),))
    seen = []
    for passing in ([], ["q4.loss", "q5.timing", "q4.timing"]):
        report = judged(passing, speed_ups={"q4": 50.0 + len(passing), "q5": 20.0 + len(passing)})
        found = tuple(leans if result.check.id == "q5.loops" else result for result in report.checks)
        rendered = results(replace(report, checks=found), LATER, Metadata(attempt=2, before=before(["q4.loops"])))
        seen.append(
            (
                rendered["output"],
                rendered["leaderboard"],
                [test for test in rendered["tests"] if test["visibility"] == "visible"],
            )
        )
    assert seen[0] == seen[1]
    assert seen[0][1] == []
    assert f"{len(checks_of('q4')) + 1} more checks are shown later" in seen[0][0]
    assert "q5.timing" not in json.dumps(seen)
    assert "Total" not in seen[0][0]


def test_only_the_id_of_a_check_that_is_shown_later_is_hidden():
    """One whose id begins with that of a held-back check is another check."""
    shown, later = checks()["q5.loops"], checks()["q5.values"]
    longer = replace(checks()["q5.timing"], id=f"{later.id}-again")
    blocked = CheckResult.of(shown, (waiting(longer.id),))
    hidden = replace(CheckResult.of(later, (TestResult("", 1.0, "failed", WRONG_ANSWER),)), visibility="after_due_date")
    report = redacted(Report("alice", "graded", checks=(hidden, CheckResult.of(longer, ()), blocked)))
    assert report.checks[2].blocked_by == (longer.id,)
    assert redacted(replace(report, checks=(hidden, CheckResult.of(shown, (waiting(later.id),))))).checks[1].blocked_by == (
        SHOWN_LATER,
    )


def test_a_check_that_is_shown_later_still_says_that_it_fails_as_above():
    """Once it is shown, nothing of it is a secret."""
    failed = TestResult("first", 1.0, "failed", WRONG_ANSWER)
    result = replace(CheckResult.of(checks()["q5.values"], (failed, waiting("q5.values"))), visibility="after_due_date")
    assert redacted(Report("alice", "graded", checks=(result,))).checks[0].tests[1].blocked_by == ("q5.values",)


def test_a_single_check_that_is_shown_later_is_spoken_of_as_one():
    """A course can hide the check of time alone."""
    rendered = results(judged(), Configuration(visibility={"default": "visible", "q5.timing": "after_published"}))
    assert "1 more check is shown later: the table leaves it out." in Page(rendered["output"]).words


def test_the_leaderboard_shows_what_was_measured_and_can_be_switched_off():
    """A speed-up of 0 stands for none."""
    report = judged(list(checks()), speed_ups={"q4": 61.25, "q5": 0.0})
    board = [{"name": "q4: times faster than a loop", "value": 61.2, "order": "desc"}]
    assert results(report)["leaderboard"] == board
    assert "leaderboard" not in results(report, Configuration(leaderboard=False))


def test_an_error_of_the_grader_is_told_to_the_instructor_and_not_to_the_student():
    """Its reason may speak of hidden checks."""
    for report in (Report("alice", "error", "secret of q4"), replace(judged(status="error"), reason="secret of q4")):
        rendered = results(report)
        shown = json.dumps({key: value for key, value in rendered.items() if key != "extra_data"})
        assert "secret" not in shown
        assert "This is no mistake of yours." in shown
        assert rendered["extra_data"]["reason"] == "secret of q4"
        assert "secret of q4" in for_instructor(report)


def test_what_only_instructors_read_is_not_among_what_students_do():
    """Standard output is hidden from them."""
    report = judged(meters=measured({"q4.steps.N": 1234.5}), sandbox=("a-layer",))
    metadata = Metadata(remark="users could not be read")
    rendered = results(report, metadata=metadata)
    shown = json.dumps({key: value for key, value in rendered.items() if key != "extra_data"})
    for fact in ("1234.5", "a-layer", "users could not be read", "numpy"):
        assert fact not in shown
        assert fact in for_instructor(report, metadata)
    assert rendered["stdout_visibility"] == "hidden"
    assert rendered["extra_data"]["remark"] == "users could not be read"


@pytest.mark.parametrize("seed", [604_215_887, 99_887_766])
def test_the_hidden_seed_is_in_no_result(seed):
    """It is the course's secret."""
    text = json.dumps(results(judged(), Configuration(hidden_seed=seed)))
    assert str(seed) not in text


def test_an_invalid_submission_reads_why_and_what_to_do(tmp_path):
    """Also where the reason has a file name in it that is not one."""
    (tmp_path / "<img src=x onerror=alert(1)>.txt").write_text("")
    submission = stage("alice", tmp_path)
    rendered = results(Report("alice", "invalid", submission.reason))
    VALIDATOR.validate(rendered)
    said = Page(rendered["output"])
    assert said.tags == {"p"}
    assert "only _img src_x onerror_alert(1)_.txt" in said.words
    assert f"hand in {listed(list(REFERENCE))}, or homework.ipynb" in said.words
    assert (rendered["score"], rendered["tests"]) == (0, [])


def test_the_result_that_is_written_first_is_valid_and_says_what_to_do():
    """A student reads it when the run was killed."""
    rendered = unfinished()
    VALIDATOR.validate(rendered)
    said = Page(rendered["output"]).words
    assert rendered["score"] == 0
    assert "not been graded yet" in said
    assert "Submit the same files once more" in said


def test_a_result_is_written_as_the_platform_reads_it(tmp_path):
    """UTF-8 without a byte order mark, one JSON value and nothing after it."""
    path = tmp_path / "results" / "results.json"
    odd = judged(failure=Failure("\ufeffä \ud800"))
    write_atomically(path, as_json(results(odd)))
    data = path.read_bytes()
    assert data.startswith(b"{")
    assert "ä".encode() in data
    assert json.loads(data.decode("utf-8")) == results(odd)


def test_real_submissions_make_valid_results(the_judge):
    """The stubs, and answers that raise."""
    raising = {"softmax": b"def softmax_jacobian(z):\n    raise ValueError('<b>no</b>')\n"}
    for submission in (stage("stubs", ASSIGNMENT), Submission("raising", raising), Submission("empty", reason="Nothing.")):
        rendered = results(the_judge.judge(submission))
        VALIDATOR.validate(rendered)
        assert len(rendered["tests"]) == (len(checks()) if submission.sources else 0)


def change(path, value):
    """A valid result with one value changed, or taken away."""
    rendered = results(judged(["q4.timing"], speed_ups={"q4": 3.0}))
    place = rendered
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return rendered


WRONG = [
    (("score",), "100"),
    (("score",), None),
    (("output",), ["text"]),
    (("output",), "x" * 100_001),
    (("output_format",), "markdown"),
    (("visibility",), "later"),
    (("stdout_visibility",), True),
    (("scores",), 3),
    (("tests",), {}),
    (("tests", 0, "score"), "1"),
    (("tests", 0, "status"), "error"),
    (("tests", 0, "number"), 1.1),
    (("tests", 0, "tags"), "q1"),
    (("tests", 0, "visible"), True),
    (("tests", 0, "name_format"), "bold"),
    (("leaderboard", 0, "order"), "up"),
    (("leaderboard", 0, "value"), None),
    (("leaderboard", 0, "rank"), 1),
    (("extra_data",), []),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=[".".join(map(str, path)) for path, _ in WRONG])
def test_the_schema_refuses_what_gradescope_does_not_know(path, value):
    """Else it would prove nothing."""
    VALIDATOR.check_schema(SCHEMA)
    assert VALIDATOR.is_valid(results(judged(["q4.timing"], speed_ups={"q4": 3.0})))
    assert not VALIDATOR.is_valid(change(path, value))


def test_the_questions_of_the_table_are_those_of_the_homework():
    """Each with its title."""
    table = cells(results(judged())["output"])
    assert [row[0] for row in table[1:-1]] == list(QUESTIONS)
