"""Who is in the class, and whose submission is whose."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_WORD = 200  # characters of a name, an id or an address: more is no name


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


def plain(text: str) -> str:
    """Text that can stand in a table and on a terminal, in one line; a ``;`` would end a name where several are listed."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 2 * MAX_WORD])
    return " ".join(printable.replace(";", ",").split())[:MAX_WORD]


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
