"""What a submission costs in `otter run`: CPU time with the sandbox's verdict, and as otter by itself has it.

Prints both for the reference's notebook, their ratio, and the part that otter takes to start; `tests/benchmarks/otter.py 5`
measures five times. Otter by itself runs all cells and the public checks, the sandbox the answers, public and hidden checks.
"""

import contextlib
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from autograder.configuration import Configuration
from autograder.homework import ROOT
from autograder.release.otter import build_otter, support

ROUNDS = 3
PR_SET_CHILD_SUBREAPER = 36


def cpu(*arguments: str) -> float:
    """Run otter; return the CPU time of it and all that it started, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([Path(sys.executable).with_name("otter"), *arguments], env=environment, capture_output=True, check=True)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()  # a sandbox or kernel whose parent did not wait for it: its time counts here only once it is waited for
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def stock_zip(path: Path, sandboxed: Path) -> None:
    """Write a zip as otter by itself would have it: its tests, the files that they and the notebook need, no plugin."""
    with zipfile.ZipFile(sandboxed) as ours, zipfile.ZipFile(path, "w") as theirs:
        for name in ours.namelist():
            if name.startswith("tests/"):
                theirs.writestr(name, ours.read(name))
        for name, content in support().items():
            theirs.writestr(f"files/{name}", content)
        theirs.writestr("otter_config.json", "{}")


def main() -> None:
    """Print the table."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        build_otter(course, Configuration())
        sandboxed = course / "autograder" / "autograder.zip"
        stock_zip(course / "stock.zip", sandboxed)
        notebook = str(course / "autograder" / "homework.ipynb")
        taken: dict[str, list[float]] = {"sandbox": [], "stock": [], "start": []}
        for _ in range(rounds):  # in turn, so that what else the machine does falls on all of them
            for name, path in (("sandbox", sandboxed), ("stock", course / "stock.zip")):
                (course / name).mkdir(exist_ok=True)
                taken[name].append(cpu("run", "-a", str(path), "-o", str(course / name), notebook))
            taken["start"].append(cpu("run", "--help"))
        tests = json.loads((course / "stock" / "results.json").read_text())["tests"]
        assert all(test["score"] == test["max_score"] for test in tests if "score" in test), tests
    medians = {name: statistics.median(values) for name, values in taken.items()}
    for name, values in taken.items():
        print(f"{name:8} {medians[name]:6.2f} s of CPU a submission, {min(values):.2f} to {max(values):.2f}")
    print(f"the sandbox takes {medians['sandbox'] / medians['stock']:.2f} times the CPU time of otter by itself")


if __name__ == "__main__":
    main()
