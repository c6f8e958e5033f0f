"""The zip that Gradescope builds its image from: what grading needs and nothing else, the same bytes at every build."""

from pathlib import Path

from autograder.configuration import DEFAULT_SEED, Configuration
from autograder.homework import ASSIGNMENT, GIVEN, MODULES, PUBLIC_CHECKS, ROOT, SOLUTIONS
from autograder.release.archive import write_zip
from autograder.report.course import full_marks, points
from autograder.report.results import as_json, unfinished
from autograder.text import counted

IMAGE = Path(__file__).with_name("image")
PACKAGE = ROOT / "autograder"
# The instructor's side, and other platforms.
LEFT_OUT = (
    *("audit", "release", "batch.py", "cli.py", "cluster.py", "progress.py", "run.py", "terminal.py"),
    *(f"routes/{name}.py" for name in ("nbgrader", "nbgrader_cells", "otter")),
    *("report/page", "report/tables", "report/tally.py"),
)
LOCK = ROOT / "requirements" / "judge.txt"
EXECUTABLE = ("setup.sh", "run_autograder")


def build_gradescope(out: Path, configuration: Configuration) -> Path:
    """Write autograder.zip.

    Parameters
    ----------
    out : Path
        Folder to write to.
    configuration : Configuration
        What the course decides; the zip carries it.

    Returns
    -------
    path : Path
        The zip, ready for upload.
    """
    out.mkdir(parents=True, exist_ok=True)
    files = {path.name: path.read_bytes() for path in IMAGE.iterdir() if path.is_file()}
    files |= {
        "requirements.txt": LOCK.read_bytes(),
        "configuration.json": configuration.to_json().encode(),
        "unfinished.json": as_json(unfinished()).encode(),
    }
    files |= {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in _needed()}
    path = out / "autograder.zip"
    write_zip(path, files, EXECUTABLE)
    return path


def settings_in_words(configuration: Configuration) -> str:
    """Say in one line which settings a zip carries, so that an instructor sees whether they are the course's."""
    seed = "the public default, choose your own" if configuration.hidden_seed == DEFAULT_SEED else "your own"
    percent, grace, latest = configuration.percent_per_day, configuration.grace_minutes, configuration.latest_day
    late = [f"{percent:g} % a started day"] if percent else []
    late += [f"at most {counted(latest, 'day')}"] if latest is not None else []
    late += [f"{counted(grace, 'minute')} of grace"] if late and grace else []
    named = {"default": "all checks"}
    later = [named.get(name, name) for name, when in configuration.visibility.items() if when != "visible"]
    at_once = [name for name, when in configuration.visibility.items() if when == "visible" and name != "default"]
    but = f" but not {', '.join(at_once)}" if later and at_once else ""
    return "; ".join(
        [
            f"{points(full_marks(configuration))} points",
            f"hidden seed: {seed}",
            *([f"due {configuration.due}, where the assignment has no due date"] if configuration.due else []),
            f"late: {', '.join(late) or 'costs nothing'}",
            f"seen later: {', '.join(later) or 'nothing'}{but}",
        ]
    )


def _needed() -> list[Path]:
    """Files of this repository that judge a submission."""
    package = [path for pattern in ("*.py", "*.csv", "*.ini") for path in PACKAGE.rglob(pattern)]
    return [
        *(path for path in package if not any(path.is_relative_to(PACKAGE / name) for name in LEFT_OUT)),
        *(path for pattern in ("*.py", "*.csv") for path in PUBLIC_CHECKS.glob(pattern)),
        *(ASSIGNMENT / f"{name}.py" for name in GIVEN),
        ASSIGNMENT / "data" / "digits.npz",
        *(SOLUTIONS / f"{name}.py" for name in MODULES),
    ]
