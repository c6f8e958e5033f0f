"""What a right submission costs: CPU time of all processes, against importing numpy, stock nbgrader and stock otter.

All are measured in one run on one machine. What a command takes by itself is taken off where it grades a class: a larger class
less a smaller one, by their difference in size. `otter run` takes one submission, and all of its time counts. docs/scaling.md
and docs/otter.md have the numbers.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from autograder.homework import ROOT

sys.path.insert(0, str(ROOT))

from tests.benchmarks.accounts import adopt_orphans, cpu
from tests.benchmarks.courses import each_student_more, nbgrader_courses, otter_run, otter_runs
from tests.grader import COMMAND
from tests.handed_in import REFERENCE, write_files

STUDENTS = 5  # of nbgrader's class
OURS = "a right submission of a class"


def main() -> None:
    """Print a line for each, with the ratio to ours."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others", action="store_true", help="nbgrader and otter too: three to five minutes each round")
    options = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as folder:
        costs: dict[str, Callable[[], float]] = {
            OURS: lambda: marginal(Path(folder), 10, 40),
            "importing numpy": lambda: statistics.median(cpu([sys.executable, "-c", "import numpy"]) for _ in range(5)),
        }
        if options.others:
            for name, course in nbgrader_courses(Path(folder, "nbgrader"), STUDENTS).items():
                costs[f"{name}, each student more"] = partial(each_student_more, course, STUDENTS)
            for name, command in otter_runs(Path(folder, "otter")).items():
                costs[name] = partial(otter_run, command)
        taken: dict[str, list[float]] = {name: [] for name in costs}
        for _ in range(options.rounds):  # in turn, so that what else the machine does falls on all of them
            for name, cost in costs.items():
                taken[name].append(cost())
    ours = statistics.median(taken[OURS])
    for name, values in taken.items():
        middle = statistics.median(values)
        print(f"{name:46} {middle:6.3f} s of CPU, {min(values):.3f} to {max(values):.3f}, {middle / ours:5.1f} times ours")


def marginal(folder: Path, few: int, many: int) -> float:
    """CPU time that a right submission adds to a class, seconds: no two are the same."""
    taken = []
    for size in (few, many):
        submissions, out = folder / f"class-{size}", folder / f"grades-{size}"
        for k in range(size):
            write_files(submissions / f"{k}", {name: content + b"\n# %d\n" % k for name, content in REFERENCE.items()})
        taken.append(cpu([*COMMAND, "grade", submissions, "--out", out, "--jobs", "1", "--fresh"]))
    return (taken[1] - taken[0]) / (many - few)


if __name__ == "__main__":
    main()
