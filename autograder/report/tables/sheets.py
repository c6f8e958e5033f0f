"""Tables that spreadsheets open: whatever a student is called, no cell is a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

# What Excel and its like take for a formula, also in the wide letters of East Asian keyboards; a quote in front makes it text.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
QUOTED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def as_cell(value: Any) -> Any:
    """A value for a table: a quote stands before what would be a formula."""
    text = str(value)
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else value


def from_cell(text: str) -> str:
    """What `as_cell` was given."""
    return text[1:] if QUOTED.match(text) else text


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write a table, of each row those values that have a column."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(as_cell, columns))
    writer.writerows([as_cell(_written(row.get(column, ""))) for column in columns] for row in rows)
    return text.getvalue()


def _written(value: Any) -> Any:
    """A value without what csv cannot write: carriage returns get no quotes before Python 3.13, NUL fails before 3.11."""
    return re.sub(r"[\r\0]", " ", value) if isinstance(value, str) else value


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Read a table that `as_csv` wrote, row by row; a spreadsheet may have saved it since, with a byte order mark.

    Raises
    ------
    OSError, ValueError, csv.Error
        It cannot be read, is not in UTF-8, or is no table.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            # A row that is too short has None in it, one that is too long a list.
            yield {column: from_cell(cell) for column, cell in row.items() if isinstance(cell, str)}
