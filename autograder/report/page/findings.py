"""What a class got wrong, in sentences: the first thing that an instructor reads."""

import math
from dataclasses import dataclass

from autograder.report.page.gathering import Gathered
from autograder.report.page.items import FEWEST, Item
from autograder.text import first_few
from public_checks.answers import listed

MOST_NAMED = 3  # checks in one sentence


@dataclass(frozen=True)
class Mistake:
    """A mistake that was named, and whose it is.

    Parameters
    ----------
    question, id : str
        As in ``q4`` and ``no-mean``.
    places : list of int
        Of the submissions, in grades.csv.
    words : str
        The sentence that one of the students read; the numbers in it are theirs. Empty where it is not known.
    """

    question: str
    id: str
    places: list[int]
    words: str

    @property
    def label(self) -> str:
        """Question and id in one word, to search for."""
        return f"{self.question}:{self.id}"


@dataclass(frozen=True)
class Finding:
    """A claim, and what it rests on."""

    claim: str
    words: str


def mistakes(gathered: Gathered) -> list[Mistake]:
    """The mistakes that were named, the commonest first."""
    named = [Mistake(*hint, list(places), gathered.sentences.get(hint, "")) for hint, places in gathered.hints.items()]
    return sorted(named, key=lambda mistake: (-len(mistake.places), mistake.label))


def findings(items: list[Item], named: list[Mistake], judged: int) -> list[Finding]:
    """Say what most got wrong, which check tells strong from weak, and which may be unfair."""
    if not judged:
        return [Finding("No submission was graded.", "What became of them stands below.")]
    return [*_lost(items, judged), *_named(named, judged), *_telling(items, judged)]


def _lost(items: list[Item], judged: int) -> list[Finding]:
    failed = sorted((item for item in items if item.failed), key=lambda item: -item.failed)
    if not failed:
        return [Finding("Nobody lost a point.", "")]
    first, *others = failed[:MOST_NAMED]
    most = 2 * first.failed > judged
    who = "Most students lost points in" if most else "No check was failed by most. The most often failed is"
    then = f" Then {listed([f'{item.check.number} ({item.failed})' for item in others])}." if others else ""
    return [Finding(f"{who} {first.check.number}:", f"{first.failed} of {first.taken}. {_quoted(first)}.{then}")]


def _named(named: list[Mistake], judged: int) -> list[Finding]:
    if not named:
        return []
    first = named[0]
    said = f" They read: «{first.words}»" if first.words else ""
    return [Finding(f"The commonest mistake is {first.label}:", f"{len(first.places)} of {judged}.{said}")]


def _telling(items: list[Item], judged: int) -> list[Finding]:
    if judged < FEWEST:
        few = f"that takes {FEWEST} graded submissions, and there are {judged}."
        return [Finding("Which check tells strong from weak is not known:", few)]
    known = sorted((item for item in items if not math.isnan(item.discrimination)), key=lambda item: -item.discrimination)
    if not known:
        return [Finding("No check tells strong from weak:", "each is passed by all or by none.")]
    found = []
    if (best := known[0]).discrimination > 0:
        found.append(
            Finding(f"{best.check.number} tells strong from weak best:", f"{best.discrimination:.2f}. {_quoted(best)}.")
        )
    unfair = [item for item in reversed(known) if item.unfair]
    if unfair:
        named = [f"{item.check.number} ({signed(item.discrimination)}), {_quoted(item)}" for item in unfair]
        found.append(
            Finding("The strong fail more often than the weak:", f"{first_few(named, MOST_NAMED, '; ')}. Is that fair?")
        )
    else:
        found.append(Finding("No check looks unfair:", "none is failed by the strong more than by the weak, beyond chance."))
    return found


def signed(value: float) -> str:
    """A correlation with two digits and a true minus, whatever the sign of a zero."""
    return "–" if math.isnan(value) else f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _quoted(item: Item) -> str:
    return f"«{item.check.title}»"
