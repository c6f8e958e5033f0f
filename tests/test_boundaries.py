"""Which room of the house may know of which: the way of a submission leads in one direction."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from autograder.homework import FUNCTIONS, MODULES, ROOT

FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "autograder").rglob("*.py")
    if "image" not in path.parts
}
EVERYONE = {"homework", "configuration", "errors", "text", "versions"}  # know of nothing else, or only of the first
KNOWS = {
    "errors": set(),
    "text": set(),
    "configuration": {"errors", "homework"},
    "roster": {"errors", "text"},
    "intake": {"roster"} | EVERYONE,
    "wire": set(),
    "orders": set(),
    "worker": {"wire", "orders"},
    "judge": {"intake", "wire", "orders"} | EVERYONE,
    "hidden": {"judge", "wire"} | EVERYONE,
    "report": {"intake", "judge", "roster"} | EVERYONE,
    "pool": {"intake", "judge", "orders"},
    "batch": {"intake", "judge", "report"} | EVERYONE,
    "cluster": {"batch", "errors", "intake", "judge", "pool", "versions"},
    "routes": {"batch", "intake", "judge", "pool", "report"} | EVERYONE,
    "release": {"judge", "report", "routes"} | EVERYONE,
    "audit": {"intake", "pool", "release"} | EVERYONE,
    "progress": {"report"},
    "run": {"batch", "cluster", "intake", "judge", "pool", "progress", "report", "roster"} | EVERYONE,
    "terminal": {"judge", "report", "run"} | EVERYONE,
    "cli": {"audit", "batch", "judge", "release", "report", "run", "terminal"} | EVERYONE,
}  # what each module or folder of autograder/ may import of the others
WORKERS_PACKAGES = {"numpy", *sys.stdlib_module_names}


def imported(path: Path) -> Iterator[str]:
    """Names of the modules that a file imports anywhere, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path} imports relatively"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in FILES else node.module for name in names)


def room(module: str) -> str:
    """The module or folder right below the package."""
    return module.split(".")[1] if "." in module else module


@pytest.mark.parametrize("module", sorted(FILES))
def test_a_module_knows_only_of_the_rooms_before_it(module):
    """The judge, above all, knows nothing of the worker's side, and neither of them of what a report looks like."""
    rooms = {room(name) for name in imported(FILES[module]) if name.startswith("autograder.")} - {room(module)}
    assert rooms <= KNOWS.get(room(module), set())


def test_no_two_modules_import_each_other():
    """Directly or through others, at the top of a file or in a function."""
    graph = {module: {name for name in imported(path) if name in FILES} - {module} for module, path in FILES.items()}
    assert set(TopologicalSorter(graph).static_order()) >= set(FILES)


@pytest.mark.parametrize("module", sorted(name for name in FILES if room(name) == "worker"))
def test_a_worker_needs_nothing_but_numpy_and_the_standard_library(module):
    """It starts in an environment that holds no more, and what it cannot import cannot be turned against it."""
    tops = {name.partition(".")[0] for name in imported(FILES[module])} - {"autograder"}
    assert tops <= WORKERS_PACKAGES


def test_nothing_of_a_students_is_imported():
    """Neither by the names that the answers have, nor by any that is found out at run time, but for the reference."""
    for module, path in FILES.items():
        assert not {name.partition(".")[0] for name in imported(path)} & set(MODULES), module
        text = path.read_text(encoding="utf-8")
        if room(module) not in ("autograder", "homework", "worker"):  # the public checks and the reference are ours
            assert "import_module(" not in text, module
            assert "exec_module(" not in text, module
            assert "pickle" not in {name.partition(".")[0] for name in imported(path)}, module


@pytest.mark.parametrize("module", sorted(name for name in FILES if room(name) != "hidden"))
def test_only_the_hidden_checks_know_what_the_homework_asks_for(module):
    """All else would grade any other functions as well."""
    text = FILES[module].read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if name in text] == []
