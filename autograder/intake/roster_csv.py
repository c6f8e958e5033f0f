"""Read who is in the class from the CSV that a platform exports, or any table that tells as much."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograder.errors import WrongUsage
from autograder.roster import Member, Roster, Student, letters, plain

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
        about = {meaning: plain(row[place]) for meaning, place in places.items() if place < len(row)}
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
