"""The sample submissions: each gets the verdict that stands beside it."""

import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from autograder.homework import ASSIGNMENT, ROOT, SOLUTIONS, checks, checks_of
from autograder.intake.submission import stage
from autograder.judge.judge import Judge
from autograder.report.results import results
from autograder.terminal import LONG
from tests.as_read import Page
from tests.handed_in import FULL, OWN, SAMPLES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EVERY = sorted(path.parent for path in SAMPLES.glob("*/*/expected.toml"))
ROUNDING = 1e-3  # of a check's points: the verdicts beside the samples have three digits


@pytest.mark.parametrize(("group", "least"), [("right", 25), ("wrong", 70), ("broken", 65), ("hostile", 100)])
def test_there_are_samples_of_every_kind(group, least):
    """And each has its verdict beside it."""
    folders = [path for path in (SAMPLES / group).iterdir() if path.is_dir()]
    assert len(folders) >= least
    assert all((folder / "expected.toml").is_file() for folder in folders)


def expected_of(sample: Path) -> dict[str, Any]:
    """The verdict beside a sample."""
    return tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))


def parameter(sample: Path):
    """The sample as a test's parameter; one that only a time limit ends is left to `make test-all`."""
    marks = [pytest.mark.slow] if expected_of(sample).get("slow") else []
    return pytest.param(sample, marks=marks, id=f"{sample.parent.name}/{sample.name}")


@pytest.mark.parametrize("sample", [parameter(sample) for sample in EVERY])
def test_a_sample_gets_the_verdict_beside_it(the_judge: Judge, sample: Path):
    """Of the questions that it is about: what each check loses, status, hints, and the words that a student reads."""
    expected = expected_of(sample)
    report = the_judge.judge(stage(sample.name, sample))
    rendered = results(report)
    told = "\n".join(Page(output).words for output in (rendered["output"], *(test["output"] for test in rendered["tests"])))
    assert report.status == expected["status"], report.reason
    about = expected.get("questions", OWN)
    loses = expected.get("loses", {})
    assert set(loses) <= {*about, *(name for question in about for name in checks_of(question))}
    assert [result.check.id for result in report.checks] == (list(checks()) if report.status == "graded" else [])
    for result in report.checks:
        if result.check.question in about:
            share = loses.get(result.check.id, loses.get(result.check.question, 0))
            least, most = share if isinstance(share, list) else (share, share)
            lost = 1 - result.fraction
            assert least - ROUNDING <= lost <= most + ROUNDING, (result.check.id, lost, result.tests)
    named = {f"{question}:{hint}" for question, hint in report.hints if question in about}
    hints = set(expected.get("hints", ()))
    assert named == hints if sample.parent.name in ("right", "wrong") else hints <= named
    for words in expected.get("says", ()):
        assert words in told


def test_the_tour_shows_a_newcomer_every_kind_of_submission():
    """`make grade` prints a row for each, since there are no more than a table shows; the two ends of the scale come first."""
    lines = (SAMPLES / "tour.txt").read_text(encoding="utf-8").splitlines()
    paths = [line for line in lines if line and not line.startswith("#")]
    assert len(paths) == len(set(paths)) <= LONG
    assert all((ROOT / path).is_dir() for path in paths)
    assert paths[:2] == ["solutions", "assignment"]
    groups = groupby(Path(path).parent.name for path in paths[2:])
    assert [group for group, _ in groups] == ["right", "wrong", "broken", "hostile"]
    hints = {hint.partition(":")[2] for path in paths[2:] for hint in expected_of(ROOT / path).get("hints", ())}
    assert {"no-mean", "half-reg", "overflow", "sqrt", "broadcast-3d", "loop-rows", "loop-classes", "loop-features"} <= hints


def test_the_reference_has_all_points_and_the_stubs_have_none(the_judge: Judge):
    """The two ends of the scale."""
    assert the_judge.judge(stage("solutions", SOLUTIONS)).score == FULL
    stubs = the_judge.judge(stage("assignment", ASSIGNMENT))
    assert (stubs.score, stubs.status) == (0, "graded")
    assert {hint for _, hint in stubs.hints} == {"stub"}
