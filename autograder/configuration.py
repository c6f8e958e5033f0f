"""What a course decides: read from one file, and every mistake in it is told at once, with what is allowed."""

import json
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from autograder.errors import WrongUsage
from autograder.homework import QUESTIONS, Check, checks

DOCUMENTED = Path(__file__).with_suffix(".toml")  # every key with its default and what it means
SEED_BITS = 63  # of a seed that `autograder init` draws
LEAST_SEED_BITS = 48  # of one that nobody finds by trying: a submission tries four digits in seconds
DEFAULT_SEED = 604_215_887  # anyone who reads this can know it: a course chooses its own
VISIBILITIES = ("visible", "after_due_date", "after_published")
MOMENT = "a date and a time with its zone, as in 2026-12-04T23:59:00+01:00"
HIDDEN = "hidden is refused, since a single hidden check would hide the whole total from students for ever"


class ConfigurationError(WrongUsage):
    """A configuration is wrong.

    Parameters
    ----------
    source : str
        Where it was read from.
    problems : list of str
        A sentence for each mistake.
    """

    def __init__(self, source: str, problems: list[str]) -> None:
        how_many = "a mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__("\n".join([f"{source} has {how_many}:", *(f"- {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class _Key(NamedTuple):
    """A key of the file with its table, as in ``points.total``, and what it may hold."""

    name: str
    allowed: str
    accepts: Callable[[Any], bool]

    def problem(self, value: Any) -> str:
        """Say what is allowed, if the value is not."""
        return "" if self.accepts(value) else f"it should be {self.allowed}"


def _setting(default: Any, name: str, allowed: str, accepts: Callable[[Any], bool]) -> Any:
    """Make a field of the configuration, with its key in the file."""
    return field(default=default, metadata={"key": _Key(name, allowed, accepts)})


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _integer(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _moment(value: Any) -> bool:
    """Whether this is a time with its zone: without one, nobody knows when it is."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _title(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(value.strip())


def _hundredths(value: Any) -> bool:
    return _number(0.01, 10_000)(value) and round(value, 2) == value


def with_own_seed(settings: str) -> str:
    """Put a seed that was drawn for this course in the place of the default one, in the text of the documented settings."""
    seed = 1 << (SEED_BITS - 1) | secrets.randbits(SEED_BITS - 1)  # all of its bits count
    return settings.replace(f"hidden_seed = {DEFAULT_SEED}", f"hidden_seed = {seed}")


@dataclass(frozen=True)
class Configuration:
    """The settings of a course; `configuration.toml` explains each.

    Parameters
    ----------
    total_points : float or None
        What full marks are worth; None for the sum of the points table.
    hidden_seed : int
        Sizes and data of the hidden checks follow from it.
    visibility : dict of str to str
        When students see a check: by its id, its kind, its question, or ``default``.
    submission_seconds : float
        That the answers of one submission may take, not counting what they wait for a processor.
    deadline_seconds : float
        For one run on Gradescope, seconds.
    jobs : int or None
        Submissions judged side by side on this machine; None for one each core.
    due : str or None
        When the homework is due, as ISO 8601 with its zone: where the platform tells none.
    extensions : dict of str to str
        When it is due for some students instead, by their address, id or name; where grading is not on the platform.
    percent_per_day : float
        Taken off the points for each started day after the due date.
    grace_minutes : float
        A submission that is late by no more minutes loses nothing.
    latest_day : int or None
        A submission that is later than this many days gets no points; None for never.
    leaderboard : bool
        Whether speed-ups are shown.
    canvas_column : str or None
        The homework's column in Canvas's gradebook, with Canvas's number or without; None for the homework's title.
    """

    total_points: float | None = _setting(
        None, "points.total", "a number from 0.01 to 10000 with at most two digits after the point", _hundredths
    )
    hidden_seed: int = _setting(DEFAULT_SEED, "checks.hidden_seed", "an integer from 0 to 2^63 - 1", _integer(0, 2**63 - 1))
    visibility: dict[str, str] = field(default_factory=lambda: {"default": "visible"})
    submission_seconds: float = _setting(
        120, "limits.submission_seconds", "a number of seconds from 20 to 3600", _number(20, 3600)
    )
    # Gradescope ends a run after 40 minutes at most; a minute is left to write the results.
    deadline_seconds: float = _setting(420, "limits.deadline_seconds", "a number of seconds from 60 to 2340", _number(60, 2340))
    jobs: int | None = _setting(None, "limits.jobs", "an integer from 1 to 1024", _integer(1, 1024))
    due: str | None = _setting(None, "lateness.due", MOMENT, _moment)
    extensions: dict[str, str] = field(default_factory=dict)
    percent_per_day: float = _setting(0, "lateness.percent_per_day", "a number from 0 to 100", _number(0, 100))
    grace_minutes: float = _setting(
        0, "lateness.grace_minutes", "a number of minutes from 0 to 10080, a week", _number(0, 10_080)
    )
    latest_day: int | None = _setting(
        None, "lateness.latest_day", "an integer from 0 to 3650, a number of days", _integer(0, 3650)
    )
    leaderboard: bool = _setting(True, "leaderboard.shown", "true or false", lambda value: isinstance(value, bool))
    canvas_column: str | None = _setting(None, "canvas.column", "the title of a column, in quotes", _title)

    @property
    def seed_can_be_found(self) -> bool:
        """Whether the hidden seed is so short that a submission could find it by trying."""
        return self.hidden_seed.bit_length() < LEAST_SEED_BITS

    @classmethod
    def from_toml(cls, path: Path) -> "Configuration":
        """Read and validate a file as instructors write it.

        Raises
        ------
        ConfigurationError
            With every mistake in it.
        """
        if sys.version_info >= (3, 11):
            import tomllib
        else:
            import tomli as tomllib
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ConfigurationError(str(path), [f"it cannot be read: {error.strerror}"]) from error
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(str(path), [f"it is not TOML: {error}"]) from error
        return cls._from_document(document, str(path))

    @classmethod
    def from_json(cls, text: str) -> "Configuration":
        """Read and validate what `to_json` wrote.

        Raises
        ------
        ConfigurationError
            With every mistake in it.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigurationError("the configuration", [f"it is not JSON: {error}"]) from error
        return cls._from_document(document, "the configuration")

    def to_json(self) -> str:
        """Write all settings that concern a submission, in the same order whatever the order was in the file.

        Those left out stay out; the column in Canvas concerns a table over the class, and changes no result.
        """
        document: dict[str, Any] = {"visibility": dict(sorted(self.visibility.items()))}
        if self.extensions:
            document["lateness"] = {"extensions": dict(sorted(self.extensions.items()))}
        for name, setting in KEYS.items():
            section, _, last = name.partition(".")
            value = getattr(self, setting.name)
            if value is not None and section != "canvas":
                document.setdefault(section, {})[last] = value
        return json.dumps(document, indent=1, sort_keys=True)

    def visibility_of(self, check: Check) -> str:
        """When students see a check: by the most particular of the names that it goes by."""
        names = (check.id, check.kind, check.question, "default")
        return next((self.visibility[name] for name in names if name in self.visibility), "visible")

    @classmethod
    def _from_document(cls, document: Any, source: str) -> "Configuration":
        if not isinstance(document, dict):
            raise ConfigurationError(source, [f"it should be tables of settings, and is {_shown(document)}"])
        settings: dict[str, Any] = {}
        visibility = {"default": "visible"}
        extensions = {}
        problems = []
        for name, given in _flat(document):
            value = given.isoformat() if isinstance(given, date) else given
            section, _, last = name.partition(".")
            if name in KEYS:
                problem = KEYS[name].metadata["key"].problem(value)
                settings[KEYS[name].name] = value
            elif section == "visibility" and last in _visible_names():
                problem = "" if value in VISIBILITIES else f"it should be {_either(VISIBILITIES)}"
                problem += f"; {HIDDEN}" if value == "hidden" else ""
                visibility[last] = value
            elif name.startswith(EXTENSIONS):
                problem = "" if _moment(value) else f"it should be {MOMENT}"
                extensions[name.removeprefix(EXTENSIONS)] = value
            else:
                problems.append(_unknown(name, value))
                continue
            if problem:
                problems.append(f"{name} = {_shown(value)}: {problem}")
        if problems:
            raise ConfigurationError(source, problems)
        return cls(visibility=visibility, extensions=extensions, **settings)


DEFAULT = Configuration()  # of a course that decides nothing
KEYS = {setting.metadata["key"].name: setting for setting in fields(Configuration) if "key" in setting.metadata}
EXTENSIONS = "lateness.extensions."  # followed by who has one
SECTIONS = (*dict.fromkeys(name.partition(".")[0] for name in KEYS), "visibility")


def _visible_names() -> list[str]:
    """What the visibility of checks can be set for."""
    kinds = dict.fromkeys(check.kind for check in checks().values())
    return ["default", *QUESTIONS, *kinds, *checks()]


def _flat(document: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Keys with the tables around them: ``q4.timing`` is the same with quotes and without."""
    for key, value in document.items():
        name = before + key
        if isinstance(value, dict) and (value or name not in SECTIONS):
            yield from _flat(value, f"{name}.") if value else [(name, value)]
        elif value != {}:
            yield name, value


def _unknown(name: str, value: Any) -> str:
    """Say that there is no such key, and which is meant, or which there are."""
    section, _, last = name.partition(".")
    given = f"{name} = {_shown(value)}"
    if name in SECTIONS:
        return f"{given}: it should be a table, [{name}]"
    inside = {table: [full.partition(".")[2] for full in KEYS if full.startswith(f"{table}.")] for table in SECTIONS}
    inside["visibility"] = _visible_names()
    if close := get_close_matches(last, inside.get(section, []), n=1, cutoff=0.55):
        return f"{given}: there is no such key; is {section}.{close[0]} meant?"
    if section == "visibility":
        return f"{given}: it should be default, a question, a kind of checks or the id of a check"
    if section not in SECTIONS and (close := get_close_matches(section, SECTIONS, n=1)):
        return f"{given}: there is no such table; is [{close[0]}] meant?"
    if not last and (close := get_close_matches(name, [key.partition(".")[2] for key in KEYS], n=1)):
        full = next(key for key in KEYS if key.endswith(f".{close[0]}"))
        return f"{given}: it stands outside the tables; is {full} meant?"
    return f"{given}: there is no such key; there are {', '.join(KEYS)} and those of [visibility]"


def _shown(value: Any) -> str:
    """A value as the file has it, cut."""
    text = json.dumps(value, default=str, ensure_ascii=False) if not isinstance(value, dict) else "a table"
    return text if len(text) <= 60 else text[:57] + "..."


def _either(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + f" or {names[-1]}"
