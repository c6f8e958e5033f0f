"""Files are replaced as a whole: a reader finds the old text or the new one, also after a crash."""

from collections.abc import Iterable
from pathlib import Path


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Replace a file by a text or its pieces, in UTF-8 without a byte order mark; its folder is made.

    A draft that a crash leaves has the name of the next one, which replaces it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.writelines([text] if isinstance(text, str) else text)
    draft.replace(path)
