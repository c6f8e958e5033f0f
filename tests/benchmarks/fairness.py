"""Grade right submissions, and loops in place of matrices, while the cores are busy; print who lost or gained points.

usage: python tests/benchmarks/fairness.py [--busy PROCESSES] [--right GRADINGS] [--loops GRADINGS] [--jobs JOBS]
"""

import argparse
import itertools
import multiprocessing
from pathlib import Path

from styles import spin

from autograder.pool import judge_all
from autograder.submission import Submission, stage

SAMPLES = Path(__file__).parents[1] / "submissions"
LOOPS = {
    "wrong/vectorized-is-the-loop": "q4",
    "wrong/distances-two-loops": "q5",
    "wrong/distances-one-loop": "q5",
    "wrong/sum-of-generator": "q4",
    "wrong/np-vectorize": "q4",
    "wrong/loop-over-classes": "q4",
}  # samples, with the question whose loop points they must not get


def gradings(names: list[str], count: int) -> list[Submission]:
    """Stage samples in turn, each time under another name."""
    chosen = itertools.islice(itertools.cycle(names), count)
    return [Submission(f"{name} #{k}", stage(name, SAMPLES / name).sources) for k, name in enumerate(chosen)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, default=8, help="processes that keep the cores busy meanwhile")
    parser.add_argument("--right", type=int, default=1000)
    parser.add_argument("--loops", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    for _ in range(options.busy):
        multiprocessing.Process(target=spin, daemon=True).start()
    right = sorted(str(path.parent.relative_to(SAMPLES)) for path in SAMPLES.glob("right/*/expected.toml"))
    lost = gained = 0
    for report in judge_all(gradings(right, options.right), options.jobs, seed=1):
        if report.score != 100:
            lost += 1
            failed = [f"{part.check}: {part.message}" for result in report.results for part in result.parts if part.message]
            print(report.submission, report.score, report.reason, failed, flush=True)
    for report in judge_all(gradings(list(LOOPS), options.loops), options.jobs, seed=1):
        question = LOOPS[report.submission.partition(" #")[0]]
        if any(result.score for result in report.results if result.check.id == f"{question}.loops"):
            gained += 1
            print(report.submission, "got its loop points", flush=True)
    print(f"{lost} of {options.right} right submissions lost points; {gained} of {options.loops} loops gained some.")
    raise SystemExit(bool(lost or gained))


if __name__ == "__main__":
    main()
