"""Tables that spreadsheets open: whatever a student is called, no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.text import for_csv, from_csv


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write a table, of each row those values that have a column."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(for_csv, columns))
    writer.writerows([for_csv(_written(row.get(column, ""))) for column in columns] for row in rows)
    return text.getvalue()


def _written(value: Any) -> Any:
    """A value without what csv cannot write: carriage returns get no quotes before Python 3.13, NUL fails before 3.11."""
    return value.replace("\r", " ").replace("\0", " ") if isinstance(value, str) else value


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
            yield {column: from_csv(cell) for column, cell in row.items() if isinstance(cell, str)}
