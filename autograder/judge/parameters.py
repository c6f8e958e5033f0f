"""What a test can ask for by the name of a parameter, beside student functions and those of the given code."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from autograder.judge.evidence import Evidence
from autograder.judge.student_code import StudentCode, StudentFunction


class KeepsEvidence(Protocol):
    """What is asked of the judge here."""

    def evidence(self, code: StudentCode, function: StudentFunction) -> Evidence:
        """What is known of a function of the submission."""
        ...


@dataclass(frozen=True)
class Parameter:
    """What it is, and how it is made for a submission."""

    sentence: str
    value: Callable[[KeepsEvidence, StudentCode, np.random.Generator], Any]


PARAMETERS = {
    "rng": Parameter(
        "Random numbers of the check's own: hidden ones, and public ones for the words that students read.",
        lambda _judge, _code, rng: rng,
    ),
    "observe": Parameter(
        "observe(f, *arguments) calls f; it returns the result, and the arguments as the call left them.",
        lambda _judge, _code, _rng: lambda function, *arguments: function.observe(*arguments),
    ),
    "evidence": Parameter(
        "evidence(f) is what is known of f: its steps, CPU time and memory, and which mistake explains its results.",
        lambda judge, code, _rng: partial(judge.evidence, code),
    ),
    "alive": Parameter(
        "alive(f) raises unless f works at all: how fast a broken function is does not matter.",
        lambda judge, code, _rng: lambda function: judge.evidence(code, function).require_alive(),
    ),
    "baseline": Parameter(
        "baseline(f, g) is what g should agree with: f, or the reference where f is the wrong one.",
        lambda judge, code, _rng: lambda f, g: judge.evidence(code, f).baseline(judge.evidence(code, g)),
    ),
}
