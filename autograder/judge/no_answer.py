"""What a student reads of a test that fails, and why a function gave no answer: only an exception's message can be anyone's."""

import builtins
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from autograder.judge.results import Failure
from autograder.text import for_message
from public_checks.reading import place

EXCEPTIONS = frozenset(
    name
    for names in (vars(builtins), vars(np.exceptions), {"LinAlgError": np.linalg.LinAlgError})
    for name, value in names.items()
    if isinstance(value, type) and issubclass(value, BaseException)
)  # whose names are shown; the name of another could be a message


class NoAnswer(AssertionError):
    """A function of the submission gave no result.

    Parameters
    ----------
    summary : str
        What happened and where, without anything that the exception's author could have put in.
    message : str
        The exception's own words, made harmless: fit for checks on the public seed only.
    hint : tuple of (str, str) or None
        Id and question.
    kind : str
        Type of the exception that the function raised; empty where it raised none.
    final : bool
        Whether there is no more to say: the call cost a worker its life, and is not to be tried again for the sake of words.
    bare : str
        The summary, without anything that an answer could choose, such as a line.
    """

    def __init__(
        self,
        summary: str,
        message: str = "",
        hint: tuple[str, str] | None = None,
        *,
        kind: str = "",
        final: bool = False,
        bare: str = "",
    ) -> None:
        super().__init__(summary)
        self.summary, self.message, self.hint, self.kind, self.final = summary, message, hint, kind, final
        self.key, self.bare = summary, bare or summary

    def again(self) -> "NoAnswer":
        """The same once more: an exception that is raised twice carries the traceback of both."""
        return NoAnswer(self.summary, self.message, self.hint, kind=self.kind, final=True, bare=self.bare)


METERED = frozenset(["loops", "timing", "memory"])  # kinds of checks that say what a meter read, not what was returned


class Words(NamedTuple):
    """What a student reads of a test that fails."""

    failure: Failure
    hint: tuple[str, str] | None = None
    death: NoAnswer | None = None  # of the worker, which is not to die of the same test once more


def raised_in_call(function: str, raised: dict[str, Any], submitted: Mapping[str, bytes]) -> NoAnswer:
    """Turn what a worker says of an exception in a call into words.

    Parameters
    ----------
    function : str
        Which was called.
    raised : dict
        Type, built-in base of it, message, file and line, as the worker claims.
    submitted : mapping of str to bytes
        The submission's own modules, in which the line is looked up.
    """
    kind, where, words = _read(raised, submitted)
    if kind == "NotImplementedError":
        return NoAnswer(
            f"{function} is not filled in yet.",
            hint=("stub", "It raises NotImplementedError: is that line of the stub still there?"),
        )
    bare = f"{function} raised an exception, at sizes that only the hidden checks have."
    return NoAnswer(f"{function} raised {kind}{where}.", words, kind=kind, bare=bare)


def raised_at_import(file: str, raised: dict[str, Any], submitted: Mapping[str, bytes]) -> NoAnswer:
    """Turn what a worker says of an exception at import into words.

    Parameters
    ----------
    file : str
        Where the code comes from, to begin a sentence with.
    raised, submitted
        As of `raised_in_call`.
    """
    kind, where, words = _read(raised, submitted)
    if "null bytes" in words:
        words = "it is not plain text; save it again as UTF-8"
    missing = re.fullmatch(r"No module named '([A-Za-z_][\w.]{0,60})'", words)
    if kind == "ModuleNotFoundError" and missing and missing[1].startswith("numpy."):
        return NoAnswer(
            f"{file} cannot be imported: it imports {missing[1]}{where},"
            f" which numpy {np.__version__} does not have here."
            " Remove the import, or import the name from numpy itself."
        )
    if kind == "ModuleNotFoundError" and missing:
        return NoAnswer(
            f"{file} cannot be imported: it imports {missing[1]}{where}, which is not there."
            " Only numpy and the standard library are; remove the import."
        )
    return NoAnswer(f"{file} cannot be imported: {kind}{where}.", words)


def _read(raised: dict[str, Any], submitted: Mapping[str, bytes]) -> tuple[str, str, str]:
    """Read type, place in the student's own file, and message of an exception."""
    message, file, line = (raised.get(key) for key in ("message", "file", "line"))
    if not isinstance(file, (str, type(None))):  # forged: a list, say, cannot even be looked up among the files
        raise NoAnswer("The process of these answers wrote to the grader's channel.", final=True)
    claimed = (raised.get(key) for key in ("type", "base"))
    known = (name for name in claimed if isinstance(name, str) and name in EXCEPTIONS)
    kind = next(known, "an exception of its own")
    module = file.removesuffix(".py") if isinstance(file, str) else ""
    source = submitted.get(module, b"")
    last = source.count(b"\n") + source.count(b"\r") + 1
    where = f" at {place(source, line, f'{module}.py')}" if source and type(line) is int and 0 < line <= last else ""
    return kind, where, for_message(message) if isinstance(message, str) else ""
