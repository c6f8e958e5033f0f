"""The master notebook of an otter course: the cells of the homework, between marks that tell otter what students receive."""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator
from itertools import takewhile

import nbformat

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import SOLUTIONS
from autograder.release.handout import KERNEL
from autograder.release.source import WRITTEN_POINTS, Cell, cells
from autograder.report.course import points, worth_of_questions

CHECKS = "checks"  # the folder of the public checks; `tests` is where otter looks for its own

CONFIGURATION = """\
# ASSIGNMENT CONFIG
tests:
  files: true
  ok_format: false
run_tests: false
export_cell:
  pdf: false
  run_tests: false
  ignore_log: true
  instructions: Upload the zip as it is. Only your notebook in it is graded, with other data and more checks than you have here.
generate:
  print_summary: false
plugins:
  - autograder.routes.otter.Sandboxed
files:
{files}"""

# pytest writes the report to the standard output, in colours; its last line has the points.
TEST = '''\
def public_checks():
    """The public checks of {question}, with a report of what passes, what does not, and why."""
    import contextlib
    import io
    import re
    from {folder}.check import check
    report = io.StringIO()
    with contextlib.redirect_stdout(report):
        check("{question}")
    print(report.getvalue(), end="")
    reached, most = re.search(r"([\\d.]+) of ([\\d.]+) points here", report.getvalue()).groups()
    assert reached == most, f"{{reached}} of {{most}} points: the report above says why"'''

SOLUTION = '''\
{before}
{indent}# BEGIN SOLUTION NO PROMPT
{answer}
{indent}# END SOLUTION
{indent}""" # BEGIN PROMPT
{stub}
{indent}"""; # END PROMPT'''


def master(files: list[str], configuration: Configuration = DEFAULT) -> str:
    """Write the notebook that `otter assign` takes.

    Parameters
    ----------
    files : list of str
        Names of the files that students receive beside it.
    configuration : Configuration
        What questions are worth.

    Returns
    -------
    text : str
        JSON in nbformat 4.
    """
    config = CONFIGURATION.format(files="\n".join(f"  - {name}" for name in files))
    worth = {question: points(hundredths) for question, hundredths in worth_of_questions(configuration).items()}
    notebook = nbformat.v4.new_notebook(cells=[_raw("config", config)], metadata=KERNEL)
    for cell in cells("otter", configuration):
        notebook.cells += _marked(cell, worth)
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text + "\n"


def _marked(cell: Cell, worth: dict[str, str]) -> Iterator[nbformat.NotebookNode]:
    """A cell with otter's marks around it; the points of each question are those given."""
    if question := cell.checks:
        test = nbformat.v4.new_code_cell(TEST.format(question=question, folder=CHECKS), id=f"{question}-test")
        yield from (*_block(f"{question}-tests", "TESTS", test), _raw(f"{question}-end", "# END QUESTION"))
    elif cell.slot:
        yield from _block(cell.id, "SOLUTION", nbformat.v4.new_code_cell(_solution(cell), id=cell.id))
    elif cell.written and cell.id != cell.written:
        yield from _block(cell.id, "PROMPT", nbformat.v4.new_markdown_cell(cell.source, id=cell.id))
        rubric = nbformat.v4.new_markdown_cell(_rubric(cell.written), id=f"{cell.written}-rubric")
        yield from (*_block(rubric.id, "SOLUTION", rubric), _raw(f"{cell.written}-end", "# END QUESTION"))
    else:
        if name := cell.question or cell.written:
            manual = "\nmanual: true" if cell.written else ""
            most = worth.get(name, WRITTEN_POINTS)
            yield _raw(f"{name}-begin", f"# BEGIN QUESTION\nname: {name}\npoints: {most}{manual}")
        make = nbformat.v4.new_markdown_cell if cell.kind == "markdown" else nbformat.v4.new_code_cell
        yield make(cell.source, id=cell.id)


def _raw(name: str, text: str) -> nbformat.NotebookNode:
    cell: nbformat.NotebookNode = nbformat.v4.new_raw_cell(text, id=name)
    return cell


def _block(name: str, kind: str, cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [_raw(f"{name}-opens", f"# BEGIN {kind}"), cell, _raw(f"{name}-closes", f"# END {kind}")]


def _solution(stub: Cell) -> str:
    """A function with its answer, which otter takes away, and its stub's line, which otter puts in its place."""
    whole = next(cell.source for cell in cells("otter", functions="solution") if cell.slot == stub.slot)
    pairs = zip(stub.source.splitlines(), whole.splitlines())
    before = [line for line, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    rest, answer = (text.splitlines()[len(before) :] for text in (stub.source, whole))
    indent = " " * (len(rest[0]) - len(rest[0].lstrip()))
    parts = {"before": before, "answer": answer, "stub": rest}
    return SOLUTION.format(indent=indent, **{part: "\n".join(lines) for part, lines in parts.items()})


def _rubric(written: str) -> str:
    """How a written question is graded, for the instructor's notebook."""
    return (SOLUTIONS / "written" / f"{written}.md").read_text(encoding="utf-8").strip()
