"""No loop, and no loop's time: what all questions have in common that forbid loops."""

import math

from autograder.judge.evidence import SQUARE, Axis, Evidence
from autograder.judge.meters.cpu import CPU_LIMIT, LOOP_CPU_LIMIT, PADDED_CPU_LIMIT, WASTEFUL_CPU_LIMIT, Race
from public_checks.expect import Hint, Mismatch


def expect_no_loop(evidence: Evidence, *, wasteful: bool = False) -> None:
    """Expect no interpreter steps along any axis, and no loop's CPU time where an axis is long.

    Too much CPU time together with too much memory is waste, not a loop, if a short axis shows none: it costs only timing.
    The same goes for an answer whose known mistake wastes memory.
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
        if evidence.pads(axis):
            raise Mismatch(
                f"With many {axis.counts} it raises, and with few it takes {evidence.most_steps} interpreter steps,"
                " as a loop over all that it allows does.",
                hint=Hint(axis.hint, _question(axis)),
            )
    if evidence.steps_together > 0:
        raise Mismatch(
            f"A Python loop runs: where {_listed(evidence)} all grow, each further one costs"
            f" {evidence.steps_together:.3g} interpreter steps more.",
            hint=Hint(evidence.axes[0].hint, "Does it loop over whichever of them is the shortest?"),
        )
    square = evidence.square_race
    if evidence.padded and square is not None and square.ratio > PADDED_CPU_LIMIT:
        raise Mismatch(
            f"Small calls take up to {evidence.most_steps} interpreter steps, and where {_listed(evidence)} are all"
            f" {SQUARE} it takes {square.ratio:.0f} times the CPU time of the vectorized reference, as a loop does.",
            hint=Hint(evidence.axes[0].hint, "Does it loop over whichever of them is the shortest?"),
        )
    for axis in evidence.axes:
        race = evidence.races[axis.name]
        if race.ratio <= axis.allowed:
            continue
        if (race.wasteful or wasteful) and evidence.race(axis.short, CPU_LIMIT).ratio <= CPU_LIMIT:
            continue
        takes = f"takes {race.ratio:.0f} times the CPU time of the vectorized reference, as a loop does"
        if math.isinf(race.ratio):
            takes = "raises a MemoryError, and with fewer it takes no more memory than it should"
        raise Mismatch(f"With many {axis.counts} it {takes}.", hint=Hint(axis.hint, _question(axis)))


def _question(axis: Axis) -> str:
    return f"Which operation on whole arrays does this for all {axis.counts} at once?"


def _listed(evidence: Evidence) -> str:
    names = [axis.name for axis in evidence.axes]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def expect_fast(evidence: Evidence) -> None:
    """Expect CPU time near the reference's where any axis is long."""
    evidence.require_alive()
    for axis in evidence.axes:
        _expect_in_time(f"many {axis.counts}", evidence.races[axis.name], evidence.limit(axis))
    if evidence.square_race is not None:
        limit = LOOP_CPU_LIMIT if evidence.steps_together else PADDED_CPU_LIMIT
        _expect_in_time("many of everything", evidence.square_race, limit)
    if evidence.wide_race is not None:
        _expect_in_time("many of everything", evidence.wide_race, WASTEFUL_CPU_LIMIT)


def _expect_in_time(what: str, race: Race, limit: float) -> None:
    if math.isinf(race.ratio):
        raise Mismatch(f"With {what} it needs more memory than there is: is there an array larger than the answer needs?")
    if race.ratio > limit:
        waste = f" It also takes {race.peak / 1e6:.0f} MB of memory: is there an array larger than the answer needs?"
        raise Mismatch(
            f"With {what} it takes {race.ratio:.1f} times the CPU time of the vectorized reference;"
            f" {limit:.3g} times is the limit{' for a loop' if limit == LOOP_CPU_LIMIT else ''}."
            f"{waste if race.wasteful else ''}"
        )
