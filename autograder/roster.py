"""Who is in the class."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Student:
    """A student, as the platform or the roster knows them; what is not known is empty."""

    name: str = ""
    sid: str = ""
    email: str = ""


MAX_WORD = 200  # characters of a name, an id or an address: more is no name


def plain(text: str) -> str:
    """Text that can stand in a table and on a terminal, in one line; a ``;`` would end a name where several are listed."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 2 * MAX_WORD])
    return " ".join(printable.replace(";", ",").split())[:MAX_WORD]
