"""What you read after a run of the public checks: by question, what passes, what fails first and why, what is not started."""

import ast
import inspect
import textwrap
import traceback
from dataclasses import dataclass

import pytest

from public_checks.expect import Mismatch
from public_checks.reading import is_stub
from public_checks.tables import MODULES, points, questions

ANSWER_MODULES = (*MODULES, "__main__")  # __main__ is a notebook
WIDTH = 100  # columns
LEANS_ON = {"q4.agree": "q3"}  # checks that compare with the answer to another question
NOTEBOOK = pytest.StashKey()  # the names of a notebook, where the checks run in one


@dataclass(frozen=True)
class Outcome:
    """How one check ended.

    Parameters
    ----------
    state : str
        ``pass``, ``fail``, ``stub`` (the function is not filled in) or ``wait`` (another one is not, which this check needs).
    words : str
        Why it did not pass.
    """

    state: str
    words: str = ""


class NotThere(Exception):
    """A function that a check needs cannot be had.

    Parameters
    ----------
    function : str
        Its name.
    words : str
        Why.
    """

    def __init__(self, function, words):
        super().__init__(words)
        self.function = function


class ReportByQuestion:
    """Plugin that takes the place of pytest's dots and tracebacks, for tests that belong to a check."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._nodes: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        """Keep how each check ended."""
        report = yield
        marker = item.get_closest_marker("check")
        if marker is not None:
            self._nodes.add(item.nodeid)
            if call.excinfo is not None or call.when == "call":
                error = call.excinfo.value if call.excinfo else None
                self.outcomes[marker.args[0]] = outcome(error, own_function(marker.args[0]))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        """Print nothing while the checks run."""
        return ("", "", "") if report.nodeid in self._nodes else None

    def pytest_terminal_summary(self, terminalreporter):
        """Print the report."""
        colours = {"    pass": {"green": True}, "    FAIL": {"red": True}, "    fail": {"red": True}}
        for line in lines(self.outcomes):
            start = line[:8] if line[:8] in colours else ""
            terminalreporter.write(start, **colours.get(start, {}))
            terminalreporter.write_line(line[len(start) :], bold=line.startswith("q"))


def own_function(check):
    """Name of the function that a check is about."""
    return next(row["function"] for row in questions() if row["question"] == check.partition(".")[0])


def outcome(error, function):
    """Say how a check of a function ended, from the exception that ended it, or None."""
    if error is None:
        return Outcome("pass")
    if isinstance(error, Mismatch):
        return Outcome("fail", str(error))
    if isinstance(error, NotThere):
        return Outcome("fail" if error.function == function else "wait", str(error))
    frames = list(traceback.walk_tb(error.__traceback__))
    answers = [(frame, line) for frame, line in frames if frame.f_globals.get("__name__") in ANSWER_MODULES]
    if not answers:
        frame, line = frames[-1]
        return Outcome("fail", f"{type(error).__name__}: {error} ({frame.f_code.co_filename}, line {line})")
    code = answers[-1][0].f_code
    if isinstance(error, NotImplementedError) and not is_left_over(code):
        waits = code.co_name != function
        return Outcome("wait" if waits else "stub", f"It needs {code.co_name}, which is not started." if waits else "")
    module = answers[-1][0].f_globals["__name__"]
    place = "line {} of its cell" if module == "__main__" else f"{module}.py line {{}}"
    last = traceback.extract_tb(error.__traceback__)
    source = next((entry.line for entry in reversed(last) if entry.filename == code.co_filename), "")
    words = [f"{code.co_name} raised {type(error).__name__} at {place.format(answers[-1][1])}:", f"    {source}", str(error)]
    return Outcome("fail", "\n".join(words))


def is_left_over(code):
    """Whether code stands beside the stub's raise, which is not yet taken away."""
    try:
        return not is_stub(ast.parse(textwrap.dedent(inspect.getsource(code))).body[0])
    except (OSError, SyntaxError):
        return False


def lines(outcomes):
    """Report by question, line by line.

    Parameters
    ----------
    outcomes : dict of str to Outcome
        By the id of the check.

    Returns
    -------
    lines : list of str
        For the terminal.
    """
    table = {row["id"]: row for row in points()}
    text: list[str] = []
    told: dict[str, str] = {}
    reached = public = 0
    for row in questions():
        ids = [check for check in outcomes if check.partition(".")[0] == row["question"]]
        if not ids:
            continue
        worth = sum(float(table[check]["points"]) for check in ids)
        have = sum(float(table[check]["points"]) for check in ids if outcomes[check].state == "pass")
        reached, public = reached + have, public + worth
        heading = f"{row['question']}  {row['function']:<28}"
        states = {outcomes[check].state for check in ids}
        if "stub" in states and "pass" not in states:
            text.append(f"{heading} not started, {worth:g} points")
            continue
        text.append(f"{heading} {have:g} of {worth:g} points")
        first = next((check for check in ids if outcomes[check].state == "fail"), None)
        for check in ids:
            state = outcomes[check].state
            word = "FAIL" if check == first else state
            text += _wrapped(table[check]["check"], f"    {word:<5} {check:<15} {table[check]['points']}  ")
            if check == first or state == "wait":
                words = outcomes[check].words
                if any(at.partition(".")[0] == LEANS_ON.get(check) and outcomes[at].state == "fail" for at in outcomes):
                    words += f"\nA check of {LEANS_ON[check]} fails too: begin there."
                known = told.setdefault(words, check)
                for line in (words if known == check else f"The same as for {known}.").splitlines():
                    text += _wrapped(line, " " * 10)
    if not outcomes:
        text.append(f"There is no such question: {', '.join(row['question'] for row in questions())} are there.")
    else:
        asked = {check.partition(".")[0] for check in outcomes}
        hidden = sum(
            float(row["points"]) for row in table.values() if row["seen"] == "hidden" and row["id"].partition(".")[0] in asked
        )
        text += [
            "",
            f"{reached:g} of {public:g} points here. The grader has other data, and hidden checks worth {hidden:g} more.",
        ]
    return text


def _wrapped(line, indent):
    """Break a line at the width, unless it is laid out as it is: a table, or code."""
    if line.startswith(" "):
        return [indent + line]
    return textwrap.wrap(line, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent)) or [""]
