"""Grade the same submissions again and again while the cores are busy; print each whose verdict is not always the same.

Those with a reading of the clock near a limit are graded more often than the others.

usage: python tests/benchmarks/repeat.py [--busy PROCESSES] [--near TIMES] [--others TIMES] [--jobs JOBS] [PATH ...]
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from autograder.homework import ROOT
from autograder.intake.finding import find
from autograder.intake.submission import Submission, stage
from autograder.judge.meters.cpu import CPU_LIMIT, LOOP_CPU_LIMIT
from autograder.judge.results import Report
from autograder.pool import judge_all

sys.path.insert(0, str(ROOT))

from tests.handed_in import SAMPLES
from tests.processes import busy

NEAR = 3.0  # times a limit, or a third of it
Verdict = tuple[str, ...]


def repeated(submissions: dict[str, Submission], times: int) -> Iterator[Submission]:
    """Each submission so many times, under names of its own."""
    for number in range(times):
        for name, submission in submissions.items():
            yield Submission(f"{name} #{number}", submission.sources, submission.reason)


def verdict(report: Report) -> Verdict:
    """What each check came to."""
    return (report.status, *(f"{result.check.id} {result.points}" for result in report.checks))


def near_a_limit(report: Report) -> bool:
    """Whether the clock was read near the limit that applies, with steps along the axis or without."""
    steps = {(r.question, r.axis): r.value for r in report.meters if r.meter == "steps"}
    for reading in report.meters:
        if reading.meter == "cpu_ratio" and reading.value is not None:
            looping = steps.get((reading.question, reading.axis)) != 0
            limit = LOOP_CPU_LIMIT if looping else CPU_LIMIT
            if limit / NEAR < reading.value < NEAR * limit:
                return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=sorted(SAMPLES.glob("*/*/")))
    parser.add_argument("--busy", type=int, default=6, help="processes that keep the cores busy meanwhile")
    parser.add_argument("--near", type=int, default=100, help="gradings of a submission near a limit")
    parser.add_argument("--others", type=int, default=5, help="gradings of any other")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    places = find(options.paths)
    every = {name: stage(name, place.path, place.inside) for name, place in places.items()}
    verdicts: dict[str, Counter[Verdict]] = defaultdict(Counter)
    near = set()
    with busy(options.busy):
        for report in judge_all(repeated(every, options.others), options.jobs, seed=1):
            name = report.submission.rpartition(" #")[0]
            verdicts[name][verdict(report)] += 1
            if near_a_limit(report):
                near.add(name)
        closer = {name: every[name] for name in sorted(near)}
        for report in judge_all(repeated(closer, options.near - options.others), options.jobs, seed=1):
            verdicts[report.submission.rpartition(" #")[0]][verdict(report)] += 1
    differing = {name: found for name, found in verdicts.items() if len(found) > 1}
    for name, found in differing.items():
        (usual, often), *others = found.most_common()
        for other, count in others:
            changed = [f"{was} -> {now}" for was, now in zip(usual, other) if was != now]
            print(f"{name}: {count} of {often + count} gradings: {'; '.join(changed)}", flush=True)
    gradings = sum(found.total() for found in verdicts.values())
    print(f"{len(differing)} of {len(every)} submissions differ in {gradings} gradings; {len(near)} are near a limit.")
    raise SystemExit(bool(differing))


if __name__ == "__main__":
    main()
