"""Measure a class: what a submission costs, how memory stays, and whether a killed run ends as an undisturbed one.

The class is mixed of the sample submissions in shares, each with a comment of its own so that no two are identical. Times by
the clock hold for an idle machine; docs/scaling.md has those of 1,000 submissions.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autograder.homework import MODULES, ROOT

sys.path.insert(0, str(ROOT))

from tests.grader import COMMAND, rows
from tests.handed_in import REFERENCE, SAMPLES, write_files
from tests.processes import cpu_time, descendants

SHARES = {"right": 40, "wrong": 50, "broken": 9, "hostile": 1}  # of a class, in percent
LOOK = 0.5  # seconds between samples of memory and CPU time


def main() -> None:
    """Print throughput with one and two judges, memory over the run, and the comparison after kills."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=24)
    parser.add_argument("--kills", type=int, default=2, help="moments at which another run over the class is killed")
    parser.add_argument("--cheap", action="store_true", help="only submissions with a syntax error: for the memory of many")
    parser.add_argument("--scheduler", help="measure a cluster in place of one and two local judges")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        submissions = Path(folder, "class")
        write_class(submissions, options.submissions, cheap=options.cheap)
        runs = {}
        hows = (
            {"cluster": ["--scheduler", options.scheduler]}
            if options.scheduler
            else {f"{n}": ["--jobs", f"{n}"] for n in (1, 2)}
        )
        print("judges     wall      CPU   submissions   per submission      memory of the grader/all, MB")
        print("              s        s      a minute     wall s    CPU s   start       middle      end")
        for name, how in hows.items():
            command = [*COMMAND, "grade", str(submissions), "--out", str(Path(folder, name)), *how]
            runs[name] = measure(name, command, options.submissions)
        if len(runs) == 2:
            print(f"two judges are {runs['1'] / runs['2']:.2f} times as fast as one")
        name, how = list(hows.items())[-1]
        command = [*COMMAND, "grade", str(submissions), "--out", str(Path(folder, "killed")), *how]
        compare(command, Path(folder, name), Path(folder, "killed"), options.kills)


def write_class(folder: Path, size: int, *, cheap: bool) -> None:
    """Write submissions that all differ."""
    draw = random.Random(size)
    samples = {kind: sorted((SAMPLES / kind).iterdir()) for kind in SHARES}
    for paths in samples.values():
        paths[:] = [path for path in paths if any((path / f"{module}.py").is_file() for module in MODULES)]
    for k in range(size):
        sample = draw.choice(samples[draw.choices(list(SHARES), list(SHARES.values()))[0]])
        answers = {path.name: path.read_bytes() for path in sample.glob("*.py") if path.stem in MODULES}
        if cheap:
            answers = dict.fromkeys(REFERENCE, b"def f(:\n")
        write_files(folder / f"{k:06}", {name: text + b"\n# %d\n" % k for name, text in answers.items() if text})


def measure(name: str, command: list[str], size: int) -> float:
    """Run a grader; return how long it took, seconds."""
    samples = []
    with tempfile.TemporaryFile() as log:
        started = time.monotonic()
        with subprocess.Popen(command, stdout=log, stderr=log) as grader:
            while grader.poll() is None:
                samples.append((time.monotonic() - started, *look(grader.pid)))
                time.sleep(LOOK)
        wall = time.monotonic() - started
        log.seek(0)
        assert grader.returncode in (0, 1), log.read().decode()
    cpu = max(sample[1] for sample in samples)
    working = [sample for sample in samples if sample[0] > min(5.0, wall / 3)]  # judges and sandboxes have started
    at = [working[round(place * (len(working) - 1))] for place in (0, 0.5, 0.9)]
    memory = "   ".join(f"{grader:4.0f}/{everything:4.0f}" for _, _, grader, everything in at)
    costs = f"{60 * size / wall:13.0f} {wall / size:10.2f} {cpu / size:8.2f}"
    print(f"{name:7} {wall:7.1f} {cpu:8.1f} {costs}   {memory}", flush=True)
    return wall


def look(process: int) -> tuple[float, float, float]:
    """CPU time of a process and all below it so far, ended ones counted, in seconds; its memory, and that of all, in MB."""
    family = {process, *descendants(process)}
    return sum(map(cpu_time, family)), share(process), sum(map(share, family))


def share(process: int) -> float:
    """Memory of a process, MB; what several share is divided between them."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def compare(command: list[str], calm: Path, killed: Path, kills: int) -> None:
    """Kill a run again and again, let it end, and compare its grades with those of an undisturbed one."""
    draw = random.Random(kills)
    rewritten = 0
    for _ in range(kills):
        before = written(killed)
        grader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        enough = len(before) + draw.randint(1, max(1, 2 * len(written(calm)) // (3 * kills)))
        while len(written(killed)) < enough and grader.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.3))
        kill: Callable[[int, int], None] = draw.choice([os.kill, os.killpg])
        kill(grader.pid, signal.SIGKILL)
        grader.wait()
        rewritten += sum(written(killed)[name] != when for name, when in before.items())
    before = written(killed)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    rewritten += sum(written(killed)[name] != when for name, when in before.items())
    ours, theirs = ({row["submission"]: row for row in rows(out)} for out in (killed, calm))
    differ = [name for name in theirs if ours.get(name) != theirs[name]]
    print(f"killed {kills} times, {len(before)} of {len(theirs)} results were there before the last run;", end=" ")
    print(f"{rewritten} were graded twice, {len(differ)} rows of grades.csv differ{': ' if differ else ''}{', '.join(differ)}")
    for name in differ:
        print(f"  {theirs[name]}\n  {ours.get(name)}")


def written(out: Path) -> dict[str, int]:
    """When each result was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("*/.graded.json")}


if __name__ == "__main__":
    main()
