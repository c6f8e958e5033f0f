"""The file in which a course sets what it decides."""

import contextlib
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.batch import key
from autograder.configuration import DOCUMENTED, KEYS, Configuration, ConfigurationError
from autograder.homework import checks
from autograder.intake.submission import Submission
from tests.configurations import configurations


@pytest.fixture
def read(tmp_path: Path):
    """Read a configuration from its text."""

    def read(text: str) -> Configuration:
        path = tmp_path / "course.toml"
        path.write_text(text, encoding="utf-8")
        return Configuration.from_toml(path)

    return read


def test_the_documented_file_gives_the_defaults():
    """As does an empty one."""
    assert Configuration.from_toml(DOCUMENTED) == Configuration()


def test_the_documented_file_names_every_key():
    """Also those that are left out."""
    section, named = "", set()
    for line in DOCUMENTED.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif " = " in line:
            named.add(f"{section}.{line.removeprefix('# ').partition(' = ')[0]}")
    assert set(KEYS) <= named
    assert "visibility.default" in named


def test_its_examples_are_valid_when_their_comment_signs_are_taken_away(read):
    """An instructor takes them away and nothing else."""
    text = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
        for line in DOCUMENTED.read_text(encoding="utf-8").splitlines()
    )
    configuration = read(text)
    assert configuration.jobs == 2
    assert configuration.canvas_column == "Homework 3"
    assert configuration.latest_day == 3
    assert configuration.due == "2026-12-04T23:59:00+01:00"
    assert configuration.extensions == {"ada@example.edu": "2026-12-06T23:59:00+01:00"}
    assert configuration.visibility_of(checks()["q4.timing"]) == "after_published"


@given(configurations)
def test_json_keeps_everything(configuration):
    """What was validated where the zip is built is what holds on the platform."""
    assert Configuration.from_json(configuration.to_json()) == configuration


MISTAKES = [
    ("points.totl = 20", ["points.totl = 20", "points.total"]),
    ("total = 20", ["total = 20", "points.total"]),
    ("[point]\ntotal = 20", ["point.total", "[points]"]),
    ("points = 20", ["points = 20", "[points]"]),
    ("points.total = 0", ["points.total = 0", "0.01 to 10000"]),
    ("points.total = 33.333", ["33.333", "two digits"]),
    ("points.total = nan", ["NaN", "0.01 to 10000"]),
    ("points.total = true", ["true", "a number"]),
    ("points.total = '10'", ['"10"', "a number"]),
    ("checks.hidden_seed = -1", ["-1", "an integer from 0"]),
    ("checks.hidden_seed = 1.5", ["1.5", "an integer from 0"]),
    ("checks.seed = 3", ["checks.seed = 3", "checks.hidden_seed"]),
    ("limits.deadline_seconds = 3000", ["3000", "60 to 2340"]),
    ("lateness.due = 2026-12-04T23:59:00", ["2026-12-04T23:59:00", "a date and a time with its zone"]),
    ("lateness.due = 2026-12-04", ["2026-12-04", "as in 2026-12-04T23:59:00+01:00"]),
    ("lateness.extensions.'ada@uni.edu' = 'later'", ["lateness.extensions.ada@uni.edu", "a date and a time with its zone"]),
    ("limits.jobs = 0", ["limits.jobs = 0", "1 to 1024"]),
    ("lateness.percent_per_day = 150", ["150", "0 to 100"]),
    ("lateness.grace = 5", ["lateness.grace = 5", "lateness.grace_minutes"]),
    ("lateness.latest_day = 1.5", ["1.5", "an integer"]),
    ("canvas.column = 3", ["canvas.column = 3", "in quotes"]),
    ("canvas.column = ' '", ['" "', "the title of a column"]),
    ("canvas.columns = 'A'", ["canvas.columns", "canvas.column"]),
    ("leaderboard.shown = 'no'", ['"no"', "true or false"]),
    ("leaderboards.shown = true", ["leaderboards.shown", "[leaderboard]"]),
    ("visibility.default = 'hidden'", ["hidden is refused", "total"]),
    ("visibility.q4 = 'later'", ['"later"', "after_due_date"]),
    ("visibility.q4.timings = 'visible'", ["q4.timings", "visibility.q4.timing meant"]),
    ("visibility.q9 = 'visible'", ["visibility.q9", "visibility.q"]),
    ("visibility.everything = 'visible'", ["visibility.everything", "the id of a check"]),
    ("visibility.timing = 3", ["visibility.timing = 3", "after_due_date"]),
    ("[weather]", ["weather = a table", "points.total"]),
    ("points total = 3", ["not TOML", "line 1"]),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_told_with_key_value_and_what_is_allowed(read, text, words):
    """In one sentence."""
    with pytest.raises(ConfigurationError) as raised:
        read(text)
    assert len(raised.value.problems) == 1
    assert all(word in raised.value.problems[0] for word in words)
    assert "course.toml has a mistake" in str(raised.value)


def test_all_mistakes_are_told_at_once(read):
    """Each on a line of its own."""
    with pytest.raises(ConfigurationError) as raised:
        read("[points]\ntotal = 0\n[limits]\njobs = 0\n[visibility]\nq4 = 'hidden'\n[viewing]\nx = 1\n")
    assert len(raised.value.problems) == 4
    assert len(str(raised.value).splitlines()) == 5


@given(st.text(string.printable) | st.binary().map(lambda data: data.decode("latin-1")))
def test_no_text_raises_anything_else(text):
    """Whatever stands in the file of the zip."""
    with contextlib.suppress(ConfigurationError):
        assert isinstance(Configuration.from_json(text), Configuration)


@pytest.mark.parametrize("text", ["[]", "null", "3", '{"points": null}', '{"points": {"total": NaN}}', "[" * 100_000])
def test_json_of_another_shape_is_refused(text):
    """It is not taken for an empty file."""
    with pytest.raises(ConfigurationError):
        Configuration.from_json(text)


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path):
    """With its path."""
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml has a mistake:\n- it cannot be read"):
        Configuration.from_toml(tmp_path / "nowhere.toml")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    """Some editors write one."""
    path = tmp_path / "course.toml"
    path.write_bytes(b"\xef\xbb\xbfpoints.total = 10\n")
    assert Configuration.from_toml(path).total_points == 10


@pytest.mark.parametrize("dotted", ['q4.timing = "visible"', '"q4.timing" = "visible"'])
def test_the_most_particular_name_decides_when_a_check_is_seen(read, dotted):
    """Check, then kind, then question, then default; the id of a check with quotes and without."""
    text = f'[visibility]\ndefault = "after_published"\n{dotted}\nmemory = "visible"\nq5 = "after_due_date"'
    seen = {name: read(text).visibility_of(check) for name, check in checks().items()}
    assert {name for name, when in seen.items() if when == "visible"} == {"q4.timing", "q5.memory"}
    assert {name[:2] for name, when in seen.items() if when == "after_due_date"} == {"q5"}
    assert seen["q1.shape"] == "after_published"


CHANGES = {"total_points": 10, "visibility": {"default": "after_due_date"}, "percent_per_day": 5, "leaderboard": False}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_setting_that_results_show_makes_them_stale(change):
    """The number of jobs and the column in Canvas do not."""
    submission, usual = Submission("a", {"softmax": b""}), Configuration()
    assert key(submission, usual) == key(submission, replace(usual, canvas_column="Homework 3"))
    assert key(submission, usual) == key(submission, replace(usual, jobs=3))
    assert key(submission, usual) != key(submission, replace(usual, **{change: CHANGES[change]}))
    assert key(submission, usual) != key(submission, replace(usual, hidden_seed=2))
