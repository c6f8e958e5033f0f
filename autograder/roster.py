"""Who is in the class, and whose submission is whose."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import WrongUsage
from autograder.text import for_terminal


@dataclass(frozen=True)
class Student:
    """A student, as the platform or the roster knows them; what is not known is empty."""

    name: str = ""
    sid: str = ""
    email: str = ""


@dataclass(frozen=True)
class Member:
    """A student with what gradebooks want to know.

    Parameters
    ----------
    student : Student
        Name, id and address.
    first, last : str
        The parts of the name.
    sections : str
        As the roster has them.
    canvas : str
        Canvas's own number.
    login : str
        Name to log in with.
    cells : tuple of str
        The row of the roster; empty for a student who is in none.
    """

    student: Student
    first: str = ""
    last: str = ""
    sections: str = ""
    canvas: str = ""
    login: str = ""
    cells: tuple[str, ...] = ()

    @classmethod
    def of(cls, student: Student) -> "Member":
        """What a student's name tells: the last word is the last name."""
        first, _, last = student.name.rpartition(" ")
        return cls(student, first, last)

    @property
    def label(self) -> str:
        """The address, else the id, else the name."""
        return self.student.email or self.student.sid or self.canvas or self.login or self.student.name


class Roster:
    """The students of a class.

    Parameters
    ----------
    members : iterable of Member
        In the order of the file.
    header : tuple of str
        Titles of the columns of a gradebook that Canvas exported; empty for other files.
    """

    def __init__(self, members: Iterable[Member], header: tuple[str, ...] = ()) -> None:
        self.members = tuple(members)
        self.header = header
        self._known: dict[tuple[str, str], Member | None] = {}
        for member in self.members:
            for key in _keys(member):
                if self._known.setdefault(key, member) is not member:
                    self._known[key] = None  # two of one name are told apart by more than that, or not at all

    def match(self, student: Student, *, from_canvas: bool = False) -> Member | None:
        """Find a student: by id, address, Canvas's number, and name; None for who is not in the class.

        Parameters
        ----------
        student : Student
            As the platform knows them.
        from_canvas : bool
            Whether the id is Canvas's own number, and the name only its letters.
        """
        sid, name = ("sid", _id(student.sid)), ("name", letters(student.name))
        canvas, email = ("canvas", _id(student.sid)), ("email", student.email.casefold())
        return self._first([canvas, name, sid] if from_canvas else [sid, email, ("other", email[1]), canvas, name])

    def called(self, name: str) -> Member | None:
        """Find the student after whom a folder is called: by id, address, login, the address before the @, and name."""
        folded, number = name.casefold(), _id(name)
        return self._first([("sid", number), ("email", folded), ("other", folded), ("canvas", number), ("name", letters(name))])

    def _first(self, keys: Iterable[tuple[str, str]]) -> Member | None:
        return next((member for key in keys if (member := self._known.get(key))), None)


def _keys(member: Member) -> Iterator[tuple[str, str]]:
    """All that a student may be called, each with its kind; "other" is a login, or an address without its domain."""
    student = member.student
    email, login = student.email.casefold(), member.login.casefold()
    found = [("sid", _id(student.sid)), ("email", email), ("canvas", _id(member.canvas))]
    found += [("other", other) for other in {login, login.partition("@")[0], email.partition("@")[0]}]
    found += [("name", letters(name)) for name in {f"{member.first}{member.last}", f"{member.last}{member.first}"}]
    return ((kind, key) for kind, key in found if key)


def _id(text: str) -> str:
    """An id without the zeros in front, which Excel takes away."""
    return text.strip().casefold().lstrip("0")


def letters(text: str) -> str:
    """Letters and digits alone: so much of a name is left in Canvas's file names."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", text)).casefold()


MAX_ROSTER = 32 << 20  # bytes: a gradebook of 10,000 students and 200 assignments has 10 MB
SEPARATORS = (",", ";", "\t")  # Excel writes the second where the comma is in numbers, and the third as «Unicode text»

# Titles of the columns, without blanks and capitals, by what the columns hold.
TITLES = {
    "name": ("name", "fullname", "student", "studentname"),
    "first": ("firstname", "givenname"),
    "last": ("lastname", "surname", "familyname"),
    "sid": ("sid", "sisuserid", "studentid"),
    "id": ("id",),
    "email": ("email", "emailaddress"),
    "login": ("sisloginid", "login", "username"),
    "sections": ("section", "sections"),
    "role": ("role",),
}
MEANINGS = {title: meaning for meaning, titles in TITLES.items() for title in titles}
TELLING = frozenset({"name", "last", "sid", "id", "email", "login"})  # one of them tells who it is


class RosterError(WrongUsage):
    """A roster cannot be read; the message says why and what to do."""


def read_roster(path: Path) -> Roster:
    """Read the roster that Gradescope, Canvas or nbgrader exports, or any table with name, sid and email.

    Parameters
    ----------
    path : Path
        A CSV, with commas, semicolons or tabs, as Excel writes it too.

    Raises
    ------
    RosterError
        It cannot be read, or tells of no student.
    """
    rows = _rows(path)
    header = next(rows)
    titles = [letters(title) for title in header]
    # Of several columns that mean the same, the first one counts.
    places = {MEANINGS[title]: place for place, title in reversed(list(enumerate(titles))) if title in MEANINGS}
    named = titles[:1] == ["student"] or titles[:2] == ["lastname", "firstname"]
    canvas = named and {"id", "section"} <= set(titles)
    members: dict[Member, None] = {}
    for row in rows:
        # Canvas's second and third rows are of no student, and every course has a «Student, Test».
        if canvas and ("Points Possible" in row[0] or not any(row[: places["sections"] + 1])):
            continue
        about = {meaning: for_terminal(row[place]) for meaning, place in places.items() if place < len(row)}
        if about.get("role", "student").casefold() not in ("student", ""):
            continue
        member = replace(_member(about, canvas), cells=(*row, *[""] * (len(header) - len(row))))
        test = canvas and (member.first, member.last, member.student.sid) == ("Test", "Student", "")
        if member.label and not test:
            members[member] = None
    if not members:
        raise RosterError(f"{path} names no student.")
    return Roster(members, tuple(header) if canvas else ())


def _member(about: dict[str, str], canvas: bool) -> Member:
    """A student from the cells of a row by their meanings; Canvas's own column of ids has its own numbers."""
    first, last, name, email = (about.get(meaning, "") for meaning in ("first", "last", "name", "email"))
    if name and not (first or last):
        if "," in name:
            last, _, first = (part.strip() for part in name.partition(","))
        else:
            first, _, last = name.rpartition(" ")
    login, own = about.get("login", ""), about.get("id", "")
    sid = about.get("sid", "") or ("" if canvas else own)
    student = Student(f"{first} {last}".strip(), sid, email or (login if "@" in login else ""))
    return Member(student, first, last, about.get("sections", ""), own if canvas else "", login)


def _rows(path: Path) -> Iterator[list[str]]:
    """The rows that are not empty, the header first."""
    text = _text(path)
    if text.startswith("sep="):  # for Excel alone
        text = text.partition("\n")[2]
    best: tuple[int, str] = (0, "")
    for separator in SEPARATORS:
        titles = next((row for row in _table(text, separator, path) if any(row)), [])
        known = {MEANINGS[title] for title in map(letters, titles) if title in MEANINGS}
        best = max(best, (len(known) if known & TELLING else 0, separator), key=lambda entry: entry[0])
    if not best[0]:
        raise RosterError(
            f"{path} has no column that tells who a student is. Its first line names the columns, such as"
            " name,sid,email, or is that of the roster of Gradescope, nbgrader, or Canvas's gradebook."
        )
    return (row for row in _table(text, best[1], path) if any(cell.strip() for cell in row))


def _table(text: str, separator: str, path: Path) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise RosterError(f"{path} is no CSV in line {reader.line_num}: {error}.") from None


def _text(path: Path) -> str:
    """The text of a table, in any of the codes that Excel writes."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ROSTER + 1)
    except OSError as error:
        raise RosterError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_ROSTER:
        raise RosterError(f"{path} is larger than {MAX_ROSTER >> 20} MiB: is it a roster?")
    if data.startswith(b"PK"):
        raise RosterError(f"{path} is a workbook of Excel; save it as «CSV UTF-8».")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codes = ["utf-16"]
    elif b"\0" in data[:2]:
        codes = ["utf-16-be" if data[:1] == b"\0" else "utf-16-le"]
    else:
        codes = ["utf-8-sig", "cp1252"]
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RosterError(f"{path} is no text that can be read; save it as «CSV UTF-8».")
