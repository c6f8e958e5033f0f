"""Grade right answers and loops while the cores are busy; print who lost or gained points: nobody, says CPU_LIMIT.

usage: python tests/benchmarks/fairness.py [--busy PROCESSES] [--right GRADINGS] [--loops GRADINGS] [--jobs JOBS]
"""

import argparse
import itertools
import sys

from autograder.homework import ROOT
from autograder.intake.submission import Submission, stage
from autograder.pool import judge_all

sys.path.insert(0, str(ROOT))

from tests.handed_in import FULL, SAMPLES, reference_but
from tests.processes import busy

LOOPS = {
    "wrong/vectorized-is-the-loop": "q4",
    "wrong/distances-two-loops": "q5",
    "wrong/distances-one-loop": "q5",
    "wrong/sum-of-generator": "q4",
    "wrong/np-vectorize": "q4",
    "wrong/loop-over-classes": "q4",
}  # samples, with the question whose loop points they must not get


def gradings(names: list[str], count: int) -> list[Submission]:
    """Stage samples in turn, each time under another name; modules that a sample does not have are the reference's."""
    chosen = itertools.islice(itertools.cycle(names), count)
    return [
        Submission(f"{name} #{k}", {**reference_but(), **stage(name, SAMPLES / name).sources}) for k, name in enumerate(chosen)
    ]


def losses(right: list[str], count: int, jobs: int) -> int:
    """Judge right submissions; print and count those that lose points."""
    lost = 0
    for report in judge_all(gradings(right, count), jobs, seed=1):
        if report.score != FULL:
            lost += 1
            failed = [f"{result.check.id}: {result.failure}" for result in report.checks if result.failure]
            print(report.submission, report.score, report.reason, failed, flush=True)
    return lost


def gains(count: int, jobs: int) -> int:
    """Judge loops; print and count those that get the points for having none."""
    gained = 0
    for report in judge_all(gradings(list(LOOPS), count), jobs, seed=1):
        question = LOOPS[report.submission.partition(" #")[0]]
        if any(result.points for result in report.checks if result.check.id == f"{question}.loops"):
            gained += 1
            print(report.submission, "got its loop points", flush=True)
    return gained


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, default=8, help="processes that keep the cores busy meanwhile")
    parser.add_argument("--right", type=int, default=1000)
    parser.add_argument("--loops", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    right = sorted(str(path.parent.relative_to(SAMPLES)) for path in SAMPLES.glob("right/*/expected.toml"))
    with busy(options.busy):
        lost, gained = losses(right, options.right, options.jobs), gains(options.loops, options.jobs)
    print(f"{lost} of {options.right} right submissions lost points; {gained} of {options.loops} loops gained some.")
    raise SystemExit(bool(lost or gained))


if __name__ == "__main__":
    main()
