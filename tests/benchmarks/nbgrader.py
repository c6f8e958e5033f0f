"""What `nbgrader autograde` of a class takes with the sandbox, and what it takes where nbgrader runs the notebooks in kernels.

The same class of different right answers and the same course, one after the other; each for one student too, so that what
the command takes by itself can be told from what a student takes. Prints seconds by the clock and their ratios; CPU time of
sandboxes that end with their judge is in nobody's account.
"""

import argparse
import json
import os
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
        print(f"{'':12}{'one student':>16}{f'{students} students':>16}{'each one more':>16}")
        table = {}
        for name, course in {"kernels": stock, "sandbox": sandboxed}.items():
            one = nbgrader(course, "autograde", "homework", "--student=student-0")
            for made in ("autograded", ".graded"):
                shutil.rmtree(course / made, ignore_errors=True)
            everyone = nbgrader(course, "autograde", "homework")
            table[name] = one, everyone, (everyone - one) / max(students - 1, 1)
            print(f"{name:12}" + "".join(f"{seconds:14.1f} s" for seconds in table[name]), flush=True)
        ratios = [kernels / sandbox for kernels, sandbox in zip(table["kernels"], table["sandbox"])]
        print(f"{'ratio':12}" + "".join(f"{ratio:14.1f}  " for ratio in ratios))


def nbgrader(course: Path, *arguments: str) -> float:
    """Run nbgrader in a course; return how many seconds it took."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=course, env=ENVIRONMENT, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
