"""Text for people: counts and lists in words, and text of unknown origin made safe for the place where it will stand."""

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

LONGEST_TEXT = 10_000  # characters of one text: escaped, each takes 6 at most
LONGEST_WORD = 200  # characters of a name, an id or an address: more is no name
LONGEST_MESSAGE = 200  # characters shown of an exception's message
LONGEST_FILENAME = 200  # bytes: a number may come behind it, and file systems take 255
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, direction, lone surrogates, unassigned, separators
UNUSUAL = re.compile(r"[^ -~\u00a1-\u00ac\u00ae-\u024f]+")  # what no message in a Latin alphabet needs
MARKUP = str.maketrans("<>`", "()'")
GUFUNC = re.compile(r" with gufunc signature [^ ]*")  # matmul's own, which says nothing to a student
# What Excel and its like take for a formula, also in the wide letters of East Asian keyboards; a quote in front makes it text.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
QUOTED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def counted(count: float, unit: str) -> str:
    """Say a count with its unit, as in ``1 check`` and ``3 checks``."""
    return f"{count:g} {unit}" if count == 1 else f"{count:g} {unit}s"


def first_few(names: Iterable[str], most: int, separator: str = ", ") -> str:
    """List the first few names, and say how many more there are: ``a, b and 3 more``."""
    every = list(names)
    more = f"{separator.rstrip(', ')} and {len(every) - most} more" if len(every) > most else ""
    return separator.join(every[:most]) + more


def printable(text: str) -> str:
    """Replace what is no printable character, and cut what is too long; lines and tabs stay."""
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT] + " ..."
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in UNPRINTABLE else "\ufffd" for c in text)


def for_html(text: str) -> str:
    """Text that a page shows as it is, in an element or in an attribute."""
    return html.escape(printable(text))


def for_terminal(text: str) -> str:
    """A name for a terminal or a table, in one line; a ``;`` would end it where several names are listed."""
    one_line = "".join(letter if letter.isprintable() else " " for letter in text[: 2 * LONGEST_WORD])
    return " ".join(one_line.replace(";", ",").split())[:LONGEST_WORD]


def for_message(text: str) -> str:
    """The words of an exception, without control characters and markup, and not too many."""
    plain = UNUSUAL.sub(" ", GUFUNC.sub("", text)).translate(MARKUP)
    return plain if len(plain) <= LONGEST_MESSAGE else plain[:LONGEST_MESSAGE] + "..."


def for_filename(text: str) -> str:
    """The name of one file or folder, of whatever bytes but ``/`` and NUL; its end stays if it is too long."""
    plain = "".join(letter if letter.isprintable() and letter != "/" else "_" for letter in text)
    return plain.encode()[-LONGEST_FILENAME:].decode(errors="ignore")


def for_csv(value: Any) -> Any:
    """A value for a table: a quote stands before what a spreadsheet would take for a formula."""
    text = str(value)
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else value


def from_csv(cell: str) -> str:
    """What `for_csv` was given."""
    return cell[1:] if QUOTED.match(cell) else cell
