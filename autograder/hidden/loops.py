"""No loop, and no loop's time: what all questions have in common that forbid loops."""

import math

from autograder.judge.evidence import Axis, Evidence
from autograder.judge.meters.cpu import CPU_LIMIT, TOO_LARGE
from public_checks.expect import Hint, Mismatch


def expect_no_loop(evidence: Evidence) -> None:
    """Expect no interpreter steps along any axis, and no loop's CPU time where an axis is long.

    Too much CPU time together with too much memory is waste, not a loop, if a short axis shows none: it costs only timing.
    """
    evidence.require_alive()
    for axis in evidence.axes:
        steps = evidence.steps[axis.name]
        if math.isinf(steps):
            raise Mismatch(
                "The function switches off the counter of interpreter steps; without it, loop points cannot be earned."
            )
        if steps > 0:
            raise Mismatch(
                f"A Python loop runs along {axis.name}: {steps:.3g} interpreter steps more for each further one"
                f" of the {axis.counts}.",
                hint=Hint(axis.hint, f"{_question(axis)} Python's own sum, max or map take one after another too."),
            )
    for axis in evidence.axes:
        race = evidence.races[axis.name]
        if race.ratio > CPU_LIMIT and not (race.wasteful and evidence.race(axis.short).ratio <= CPU_LIMIT):
            raise Mismatch(
                f"With many {axis.counts} it takes {race.ratio:.0f} times the CPU time of the vectorized reference,"
                " as a loop does.",
                hint=Hint(axis.hint, _question(axis)),
            )


def _question(axis: Axis) -> str:
    return f"Which operation on whole arrays does this for all {axis.counts} at once?"


def expect_fast(evidence: Evidence) -> None:
    """Expect CPU time near the reference's where any axis is long."""
    evidence.require_alive()
    races = {f"many {axis.counts}": evidence.races[axis.name] for axis in evidence.axes}
    if evidence.wide_race is not None:
        races["many of everything"] = evidence.wide_race
    what, slowest = max(races.items(), key=lambda item: item[1].ratio)
    if slowest is TOO_LARGE:
        raise Mismatch(f"With {what} it needs more memory than there is: is there an array larger than the answer needs?")
    if slowest.slow:
        waste = f" It also takes {slowest.peak / 1e6:.0f} MB of memory: is there an array larger than the answer needs?"
        raise Mismatch(
            f"With {what} it takes {slowest.ratio:.0f} times the CPU time of the vectorized reference;"
            f" {slowest.limit:.0f} times is the limit.{waste if slowest.wasteful else ''}"
        )
