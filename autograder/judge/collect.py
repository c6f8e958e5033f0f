"""The checks as pytest collects them: once for all submissions, since collecting takes as long as judging one."""

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import AutograderError
from autograder.homework import HIDDEN_CHECKS, KINDS, PUBLIC_CHECKS, checks

CONFIGURATION = Path(__file__).with_name("pytest.ini")


@dataclass(frozen=True)
class Test:
    """A check, or a part of one.

    Parameters
    ----------
    check : str
        Id of the check.
    title : str
        The sentence that it claims: its docstring.
    weight : float
        Its share of the check's points, relative to the other parts.
    function : callable
        Returns where the claim holds, and raises where it does not.
    parameters : tuple of str
        Their names: student functions, those of the given code, and what `parameters.PARAMETERS` lists.
    """

    __test__ = False  # pytest takes what is called Test for one of its own

    check: str
    title: str
    weight: float
    function: Callable[..., Any]
    parameters: tuple[str, ...]


class CollectionError(AutograderError):
    """The checks themselves cannot be read; the message says which and why."""


@cache
def collect() -> tuple[Test, ...]:
    """Collect public and hidden checks, in the order of the points table, so that a question's first message is the plainest.

    Raises
    ------
    CollectionError
        A file of checks cannot be imported, a check has no marker or an unknown id, an id has no check, or a kind is unknown.
    """
    collector = _Collector()
    arguments = ["-c", str(CONFIGURATION), f"--rootdir={CONFIGURATION.parent}", str(PUBLIC_CHECKS), str(HIDDEN_CHECKS)]
    kept = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        exit_code = pytest.main([*arguments, "--collect-only"], plugins=[collector])
    finally:
        os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        os.environ.update({name: value for name, value in kept.items() if value is not None})
    if exit_code != pytest.ExitCode.OK or collector.problems:
        raise CollectionError("; ".join(collector.problems) or f"pytest ended with {exit_code!r}")
    tests = [_read(item) for item in collector.items]
    if strays := {test.check for test in tests} ^ set(checks()):
        raise CollectionError(f"the points table and the checks do not have the same ids: {', '.join(sorted(strays))}")
    if odd := [f"{check.kind!r} ({check.id})" for check in checks().values() if check.kind not in KINDS]:
        raise CollectionError(f"the points table has unknown kinds: {', '.join(odd)}; there are {', '.join(KINDS)}")
    order = {check: place for place, check in enumerate(checks())}
    return tuple(sorted(tests, key=lambda test: order[test.check]))


class _Collector:
    """Plugin that keeps what a session collects."""

    def __init__(self) -> None:
        self.items: list[pytest.Function] = []
        self.problems: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longreprtext}")


def _read(item: pytest.Function) -> Test:
    marker = item.get_closest_marker("check")
    if marker is None:
        raise CollectionError(f"{item.nodeid} bears no mark of the check that it belongs to")
    parameters = tuple(inspect.signature(item.obj).parameters)
    return Test(
        str(marker.args[0]), (item.obj.__doc__ or "").strip(), float(marker.kwargs.get("weight", 1)), item.obj, parameters
    )
