"""What `nbgrader autograde` of a class takes with the sandbox, and what it takes where nbgrader runs the notebooks in kernels.

The same class of different right answers and the same course, one after the other; each for one student too, so that what
the command takes by itself can be told from what a student takes. Prints seconds by the clock and of CPU time, and ratios.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.homework import ROOT
from autograder.release.nbgrader import build_nbgrader

sys.path.insert(0, str(ROOT))

from tests.notebooks import student_notebook

# As nbgrader has it where nobody says otherwise; cells that are missing are put back here too.
STOCK = "c = get_config()\nc.OverwriteCells.add_missing_cells = True\n"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def main() -> None:
    """Make the two courses, grade the class in both, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=6, help="in the class")
    students = parser.parse_args().students
    right = sorted(path for path in (ROOT / "tests" / "submissions" / "right").iterdir() if path.is_dir())
    with tempfile.TemporaryDirectory() as folder:
        sandboxed, stock = Path(folder, "sandboxed"), Path(folder, "stock")
        build_nbgrader(sandboxed)
        nbgrader(sandboxed, "generate_assignment", "homework")
        released = (sandboxed / "release" / "homework" / "homework.ipynb").read_bytes()
        for number in range(students):
            notebook = sandboxed / "submitted" / f"student-{number}" / "homework" / "homework.ipynb"
            notebook.parent.mkdir(parents=True)
            notebook.write_text(json.dumps(student_notebook(released, right[number % len(right)])))
        shutil.copytree(sandboxed, stock)
        (stock / "nbgrader_config.py").write_text(STOCK)
        print(f"{'':12}{'one student':>22}{f'{students} students':>22}{'each one more':>22}")
        table = {}
        for name, course in {"kernels": stock, "sandbox": sandboxed}.items():
            one = nbgrader(course, "autograde", "homework", "--student=student-0")
            for made in ("autograded", ".graded"):
                shutil.rmtree(course / made, ignore_errors=True)
            everyone = nbgrader(course, "autograde", "homework")
            more = tuple((all_ - first) / max(students - 1, 1) for all_, first in zip(everyone, one))
            table[name] = one, everyone, more
            print(f"{name:12}" + "".join(f"{clock:10.1f} s {cpu:5.1f} s CPU" for clock, cpu in table[name]))
        ratios = [(k / s, q / t) for (k, q), (s, t) in zip(table["kernels"], table["sandbox"])]
        print(f"{'ratio':12}" + "".join(f"{clock:10.1f}   {cpu:5.1f}      " for clock, cpu in ratios))


def nbgrader(course: Path, *arguments: str) -> tuple[float, float]:
    """Run nbgrader in a course; return seconds by the clock and of CPU time, children included."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=course, env=ENVIRONMENT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
