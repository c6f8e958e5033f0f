"""The homework as an otter course: what `otter assign` makes of the master notebook, and a zip that judges in the sandbox."""

# mypy: disable-error-code="no-untyped-call"

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat

from autograder.configuration import DEFAULT, Configuration
from autograder.errors import AutograderError
from autograder.homework import ASSIGNMENT, GIVEN, ROOT
from autograder.release.archive import write_zip
from autograder.release.gradescope import EXECUTABLE, build_gradescope
from autograder.release.otter_master import CHECKS, master
from autograder.release.source import cells, released
from autograder.report.course import full_marks, points

NOTEBOOK = "homework.ipynb"
ZIP = "autograder.zip"
IN_CHECKS = ("check.py", "pytest.ini", "public_checks/*.py", "public_checks/*.csv")
BESIDE = (*(f"{module}.py" for module in (*GIVEN, "plots")), "data/*.py", "data/*.md", "data/*.npz")
REQUIREMENTS = "requirements.txt"


class OtterError(AutograderError):
    """otter failed, or its zip does not give the reference all points."""


def build_otter(out: Path, configuration: Configuration) -> list[Path]:
    """Write the master notebook, run `otter assign` on it, and put a zip that judges in the sandbox in the place of otter's.

    Two builds give the same bytes: names and ids that otter draws at random or from the clock are replaced.

    Parameters
    ----------
    out : Path
        Folder to write ``master``, ``student`` and ``autograder`` to.
    configuration : Configuration
        What the course decides; the zip carries it, and students read what checks are worth.

    Returns
    -------
    paths : list of Path
        What students unpack, and the zip.

    Raises
    ------
    OtterError
        With the words of otter.
    """
    out = out.absolute()
    files = support(configuration)
    for name, content in {**files, NOTEBOOK: master(list(files), configuration).encode()}.items():
        path = out / "master" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    otter("assign", str(out / "master" / NOTEBOOK), str(out))
    for folder in ("student", "autograder"):
        settle(out / folder / NOTEBOOK)
    (theirs,) = (out / "autograder").glob("*-autograder_*.zip")
    write_judging_zip(out / "autograder" / ZIP, theirs, configuration)
    theirs.unlink()
    return [out / "student", out / "autograder" / ZIP]


def prove(out: Path, configuration: Configuration) -> None:
    """Let `otter run` grade the answers with the zip of a build, as `otter assign` would with its own.

    Raises
    ------
    OtterError
        They do not get all points.
    """
    with tempfile.TemporaryDirectory() as folder:
        otter("run", "-a", str(out / "autograder" / ZIP), "-o", folder, str(out / "autograder" / NOTEBOOK))
        results = json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))
    most = full_marks(configuration)
    if round(100 * results["score"]) != most:
        reason = results["extra_data"]["reason"]
        raise OtterError(f"The reference gets {results['score']} of {points(most)} points. {reason}")


def otter(*arguments: str) -> None:
    """Run otter's command line; raise `OtterError` with its last words where it fails."""
    # In this folder, Python finds the plugin in this checkout, installed or not.
    done = subprocess.run([sys.executable, "-m", "otter", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise OtterError(f"otter {arguments[0]} failed:\n{last}")


def support(configuration: Configuration = DEFAULT) -> dict[str, bytes]:
    """Files beside the notebook, by name: given modules, data, public checks."""
    beside = {path.relative_to(ASSIGNMENT).as_posix(): path for pattern in BESIDE for path in ASSIGNMENT.glob(pattern)}
    checked = {path.relative_to(ASSIGNMENT).as_posix(): path for pattern in IN_CHECKS for path in ASSIGNMENT.glob(pattern)}
    named = beside | {f"{CHECKS}/{name}": path for name, path in checked.items()}
    files = {name: released(path, configuration) for name, path in sorted(named.items())}
    return {**files, REQUIREMENTS: (ASSIGNMENT / REQUIREMENTS).read_bytes() + b"otter-grader>=7\n"}


def settle(path: Path) -> None:
    """Give the cells that otter made ids that are the same at every build, and unlock the code between the questions."""
    notebook = nbformat.read(path, as_version=4)
    ours = {cell.id for cell in cells("otter")}
    for number, cell in enumerate(notebook.cells):
        if cell.id not in ours:
            cell.id = f"otter-{number}"
        elif cell.cell_type == "code":  # the text invites to try other numbers in it
            cell.metadata.pop("editable", None)
            cell.metadata.pop("deletable", None)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def write_judging_zip(path: Path, theirs: Path, configuration: Configuration) -> None:
    """Write a zip that a platform and `otter run` take: from otter's its settings and tests, all else as for Gradescope.

    otter's setup.sh downloads a conda environment, and its run_autograder runs the notebook: neither is taken.
    """
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(build_gradescope(Path(folder), configuration)) as judging:
        files = {name: judging.read(name) for name in judging.namelist()}
    with zipfile.ZipFile(theirs) as made:
        kept = [name for name in made.namelist() if name == "otter_config.json" or name.startswith("tests/")]
        files |= {name: made.read(name) for name in kept}
    write_zip(path, files, EXECUTABLE)
