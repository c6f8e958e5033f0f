"""What the documents tell people to type works, what they point at is there, and their mathematics can be read."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.configuration import Configuration
from autograder.homework import ASSIGNMENT, ROOT, SOLUTIONS

MATHEMATICAL = [ASSIGNMENT / "README.md", SOLUTIONS / "derivations.md", *sorted((SOLUTIONS / "written").glob("w*.md"))]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), *MATHEMATICAL]
DISPLAY = re.compile(r"^\$\$(.*?)\$\$$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SETTINGS, CODE = (re.compile(rf"^ *```{language}\n(.*?)```", re.MULTILINE | re.DOTALL) for language in ("toml", "python"))
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
TYPED = re.compile(r"^ *\$ (.+)$|`((?:make|autograder|\.venv/bin/autograder) [^`]+)`", re.MULTILINE)
# Commands that CI or other tests run, and the words with which they do; all others are run below.
REST = ("test-slow", "test-browser", "test-routes", "test-pythons", "test-debian", "test-confined", "gradescope-test", "audit")
ELSEWHERE = {
    **{f"make {target}": (".ci/run", f"\nmake {target}\n") for target in ("test", "grade", "test-rest")},
    **{f"make {target}": ("Makefile", f" {target} ") for target in (*REST, "bench-smoke")},
    "make test-all": ("Makefile", "test-all: test test-rest"),
    "make lint": ("tests/test_style.py", "TOOLS"),
    "make check": ("tests/test_public_checks.py", '["check"]'),
    "make check Q=q4": ("tests/test_public_checks.py", '["check", "Q=q4"]'),
    "make submission": ("tests/test_hand_in.py", '"make", "submission"'),
    ".venv/bin/autograder init": ("tests/test_command_line.py", 'autograder("init", cwd=tmp_path)'),  # not over a course.toml
    ".venv/bin/autograder build nbgrader --out course && cd course": ("tests/test_nbgrader.py", "--out course && cd course"),
    ".venv/bin/autograder build otter --out course": ("tests/test_otter.py", '"build", "otter", "--out"'),
    "autograder build all": ("tests/test_routes.py", '"build", "all", "--out"'),
}
NOWHERE = (  # not run by any test
    "make setup",  # every target that CI calls does it first
    "make lock",  # asks the registry for the newest versions
    "make notebook",  # opens a browser
    "make grade-samples",  # the samples are judged one by one by test_samples
    "make bench",  # takes minutes; CI runs bench-smoke
)
PLACES = {
    "path/to/class": "solutions",
    "course/student": "assignment",
    "submissions ": "solutions ",
    "my.toml": "course.toml",
    "--question q6": "--question q1",
    "tests/submissions/wrong/NAME --out DIR": "assignment --out results",
    "--out course && cd course": "--out course",
}
OTHERS = ("nbgrader", "otter", "dask")  # programs of other projects, which the tests of the routes and of clusters drive


def typed(document: Path) -> list[str]:
    """Commands in a document, without what the shell takes for a comment."""
    found = (first or second for first, second in TYPED.findall(document.read_text(encoding="utf-8")))
    return [re.sub(r"\s+# .*", "", command).strip() for command in found]


def anchor(heading: str) -> str:
    """The name that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_what_is_there(document):
    """Files beside the document, and headings in them; what lies elsewhere is at least written as an address."""
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        path, _, heading = link.partition("#")
        if path.startswith("http"):
            assert re.fullmatch(r"https://[\w.-]+(/\S*)?", path), link
            continue
        target = document.parent / path if path else document
        assert target.exists(), f"{document.name} points at {link}"
        if heading:
            assert heading in map(anchor, HEADING.findall(target.read_text(encoding="utf-8"))), link


@pytest.mark.parametrize("document", MATHEMATICAL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_mathematics_renders_on_github_and_in_jupyter(document):
    """GitHub takes a backslash before punctuation away, and some characters for its own; dollars stand in pairs."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    displays, inline = DISPLAY.findall(prose), DISPLAY.sub("", prose)
    assert "$$" not in inline
    assert all(block.count("$") % 2 == 0 for block in re.split(r"\n\n|\n(?=\||- )", inline))
    assert all(f"\n\n$${display}$$\n\n" in prose for display in displays)
    formulas = [display.strip("\n") for display in displays]
    for before, formula, after in re.findall(r"(^|.)\$([^$]+)\$(?=(.|$))", inline, re.MULTILINE):
        formulas.append(formula)
        assert "\n" not in formula
        assert not before.isalnum()
        assert not after.isalnum(), f"{formula}{after}: GitHub shows no formula before a letter"
    assert len(formulas) > 2
    for formula in formulas:
        assert formula.strip() == formula
        assert not re.search(r"\n\s*([-+=#]|\d+\.|\n)", formula), f"{formula}: Markdown takes a line for a list or heading"
        assert not re.search(r"\\[^a-zA-Z]|[*<>|~`]", formula), formula
        assert formula.count("{") == formula.count("}"), formula
        assert len(re.findall(r"\\left\b", formula)) == len(re.findall(r"\\right\b", formula)), formula


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy of the repository with the environment that runs this test."""
    copy = tmp_path_factory.mktemp("documents") / "homework"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "dist", "__pycache__", "submissions"))
    (copy / ".venv").symlink_to(sys.prefix)
    (copy / "course.toml").write_text("[points]\ntotal = 20\n")
    return copy


COMMANDS = sorted({command for document in DOCUMENTS for command in typed(document) if command not in (*ELSEWHERE, *NOWHERE)})
RUN = [command for command in COMMANDS if not any(f"bin/{other} " in command for other in OTHERS)]


@pytest.mark.slow
@pytest.mark.parametrize("command", [command for command in RUN if "HOST" not in command])
def test_a_command_of_the_documents_works(checkout, command):
    """As it stands there, with a class where it says path/to/class."""
    for place, ours in PLACES.items():
        command = command.replace(place, ours)
    command = re.sub(r"^autograder", ".venv/bin/autograder", command)
    if command.startswith("make") and not (checkout / ".venv" / ".ready").exists():
        pytest.fail("the environment was not made by make")
    if "report grades" in command:
        grade = [".venv/bin/autograder", "grade", "solutions", "--out", "grades"]
        subprocess.run(grade, cwd=checkout, env=environment(checkout), check=True)
    if command.endswith(("grade", "--config course.toml")) and "build" not in command:
        command = f"{command} solutions --out grades" if "--config" in command else ".venv/bin/autograder grade --help"
    done = subprocess.run(
        command, shell=True, cwd=checkout, env=environment(checkout), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def environment(checkout: Path) -> dict[str, str]:
    """Variables with which the copy's package is the one that runs."""
    return {**os.environ, "PYTHONPATH": str(checkout)}


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in RUN])
def test_a_command_of_another_project_is_installed(command):
    """Its program is in the environment; the tests of the routes and of clusters drive it."""
    program = re.search(r"bin/(\w+) ", command)
    assert program
    assert Path(sys.executable).with_name(program[1]).exists()


@pytest.mark.parametrize("text", SETTINGS.findall((ROOT / "README.md").read_text(encoding="utf-8")))
def test_the_settings_that_the_readme_shows_are_valid(text, tmp_path):
    """An instructor copies them."""
    (tmp_path / "course.toml").write_text(textwrap.dedent(text), encoding="utf-8")
    assert Configuration.from_toml(tmp_path / "course.toml") != Configuration()


def test_the_code_that_contributing_shows_is_that_of_the_example():
    """Line by line, so that it works."""
    (shown,) = CODE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    (example,) = (ROOT / "tests" / "sixth_question" / "autograder" / "hidden").glob("test_*.py")
    assert textwrap.dedent(shown).strip() in example.read_text(encoding="utf-8")


def test_what_is_run_elsewhere_is():
    """Each in the place that is named for it."""
    for place, words in ELSEWHERE.values():
        assert words in (ROOT / place).read_text(encoding="utf-8")


def test_help_lists_a_handful_of_targets_and_contributing_all_others():
    """And the command line has the commands that the documents speak of."""
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    everyday = set(re.findall(r"make ([a-z-]+)", told))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    others = set(re.findall(r"`make ([a-z-]+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert len(everyday) < 9
    assert everyday | others == targets - {"help"}
    assert set(main.commands) == {"init", "grade", "report", "audit", "doctor", "build"}
