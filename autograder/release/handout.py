"""What students receive: stubs, notebook and handout, generated into assignment/, and the zip of it all."""

from pathlib import Path

import nbformat

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import ASSIGNMENT, GIVEN, MODULES, SOLUTIONS
from autograder.release.archive import write_zip
from autograder.release.source import Cell, cells, released
from autograder.release.stubs import strip

FOLDER = "homework"  # in the zip
TOOLS = ("check", "hand_in", "plots")  # modules for students that the grader does not need
KEPT = (
    *("Makefile", "pytest.ini", "requirements.txt"),
    *("public_checks/*.py", "public_checks/*.csv", "data/*.py", "data/*.md", "data/*.npz"),
    *(f"{module}.py" for module in (*GIVEN, *TOOLS)),
)  # patterns: whatever else lies in assignment/ may be somebody's answers
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build_assignment(out: Path, configuration: Configuration = DEFAULT) -> list[Path]:
    """Write what is generated of the assignment: the stubs, the notebook and README.md.

    Parameters
    ----------
    out : Path
        Folder to write to.
    configuration : Configuration
        What questions and checks are worth.

    Returns
    -------
    paths : list of Path
        The files written.
    """
    out.mkdir(parents=True, exist_ok=True)
    files = generate(configuration)
    for name, content in files.items():
        (out / name).write_bytes(content)
    return [out / name for name in files]


def build_handout(out: Path, configuration: Configuration = DEFAULT) -> Path:
    """Write the zip that students unpack: the same bytes at every build.

    Parameters
    ----------
    out : Path
        Folder to write to.
    configuration : Configuration
        What questions and checks are worth.

    Returns
    -------
    path : Path
        The zip.
    """
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{FOLDER}.zip"
    given = {file.relative_to(ASSIGNMENT).as_posix(): file for pattern in KEPT for file in ASSIGNMENT.glob(pattern)}
    files = {name: released(file, configuration) for name, file in given.items()} | generate(configuration)
    write_zip(path, {f"{FOLDER}/{name}": content for name, content in files.items()})
    return path


def generate(configuration: Configuration) -> dict[str, bytes]:
    """Make the files that come from the solutions: stubs, notebook and README.md, by name."""
    texts = {f"{module}.py": strip((SOLUTIONS / f"{module}.py").read_text(encoding="utf-8")) for module in MODULES}
    texts["homework.ipynb"] = notebook(cells("files", configuration))
    texts["README.md"] = readme(cells("page", configuration))
    return {name: text.encode() for name, text in texts.items()}


def notebook(homework: list[Cell]) -> str:
    """Write the homework as a notebook without outputs.

    Parameters
    ----------
    homework : list of Cell
        The cells of a notebook's edition.

    Returns
    -------
    text : str
        JSON in nbformat 4.
    """
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    made = nbformat.v4.new_notebook(metadata=KERNEL)
    made.cells = [make[cell.kind](cell.source, id=cell.id) for cell in homework]
    nbformat.validate(made)
    text: str = nbformat.writes(made)
    return text + "\n"


def readme(homework: list[Cell]) -> str:
    """Write the cells of the page's edition as one Markdown page."""
    return "\n\n".join(cell.source for cell in homework) + "\n"
