"""What students hand in: the sample submissions, the reference as one of them, and files in folders and zips."""

import io
import shutil
import textwrap
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder.homework import MODULES, PUBLIC_CHECKS, QUESTION_OF, QUESTIONS, ROOT, SOLUTIONS, checks, checks_of
from tests.grader import read_table
from tests.notebooks import pieces

SAMPLES = ROOT / "tests" / "submissions"
WORTH = {question: round(sum(checks()[name].points for name in checks_of(question)), 4) for question in QUESTIONS}
TOTAL = round(sum(WORTH.values()), 4)
FULL = round(100 * TOTAL)  # hundredths, as reports have them
OWN = tuple(row["question"] for row in read_table(PUBLIC_CHECKS / "questions.csv"))  # a course's are in questions_*.csv
REFERENCE = {f"{module}.py": (SOLUTIONS / f"{module}.py").read_bytes() for module in MODULES}  # by file name


def reference_but(**changes: str) -> dict[str, bytes]:
    """The modules of the reference, by name, with code behind some of them: what it defines anew is what counts."""
    return {
        module: REFERENCE[f"{module}.py"] + f"\n\n{textwrap.dedent(changes.get(module, ''))}".encode() for module in MODULES
    }


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files in a folder."""
    return {f"{folder}/{name}": content for name, content in files.items()}


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder, made where it is missing; a name that ends with / is a folder. Return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_bytes(content)
    return folder


def whole(sample: str, folder: Path) -> Path:
    """Make a folder with the files of a sample, and the reference's answers to the questions that a course has added."""
    return with_added(Path(shutil.copytree(SAMPLES / sample, folder)))


def with_added(folder: Path) -> Path:
    """Append the reference's answers to the questions that a course has added, to their modules."""
    for module in MODULES:
        path, answers = folder / f"{module}.py", pieces(REFERENCE[f"{module}.py"], module)
        added = [text for function, text in answers.items() if QUESTION_OF[function] not in OWN]
        if added:
            before = ["", "import numpy as np"] if path.exists() else []
            with path.open("a", encoding="utf-8") as file:
                file.write("\n\n\n".join([*before, *added, ""]))
    return folder


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, modes: Mapping[str, int] | None = None) -> bytes:
    """A zip, the same for the same files; a name that ends with / is a folder, and modes are those of Unix."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (modes or {}).get(name, 0) << 16
            archive.writestr(info, content, method)
    return data.getvalue()
