"""What a report is made of, and its HTML.

File names and the words of exceptions are anyone's: no text is interpreted, and none can become too long.
"""

import html
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_OUTPUT = 100_000  # characters: Gradescope cuts what is longer in the middle, through tags and all
LONGEST_TEXT = 10_000  # characters of one text: escaped, each takes 6 at most
CUT = "The rest was left out: it is too long."
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, direction, lone surrogates, unassigned, separators


@dataclass(frozen=True)
class Look:
    """Attributes of the tags, each with a blank before it."""

    text: str
    verbatim: str
    hint: str
    words: str  # of a table's cell
    number: str


def _inline(style: str) -> str:
    return f' style="{style}"'


MARGIN = "margin: 0 0 8px 0"
CELL = "padding: 2px 14px 2px 0; text-align:"
# A result brings no style sheet; without its styles it reads as well, if less at a glance.
INLINE = Look(
    _inline(MARGIN),
    _inline(f"{MARGIN}; white-space: pre-wrap; padding: 6px 10px; background: #f6f6f6; color: #222"),
    _inline(f"{MARGIN}; padding: 6px 10px; border-left: 4px solid #e0a800; background: #fff8e1; color: #222"),
    _inline(f"{CELL} left"),
    _inline(f"{CELL} right"),
)
CLASSES = Look("", ' class="verbatim"', ' class="hint"', "", ' class="number"')  # of the page, which has a style sheet


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more."""

    text: str


@dataclass(frozen=True)
class Heading:
    """What the next blocks are about."""

    text: str


@dataclass(frozen=True)
class Verbatim:
    """Lines that are laid out as they are: a table of numbers, the words of an exception."""

    text: str


@dataclass(frozen=True)
class Hint:
    """A question that points at a mistake."""

    text: str


@dataclass(frozen=True)
class Table:
    """A row of titles, rows, and a last one that sums them up or is empty; two columns of words, then numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


Block = Paragraph | Heading | Verbatim | Hint | Table


def clean(text: str) -> str:
    """Replace what is no printable character, and cut what is too long."""
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT] + " ..."
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in UNPRINTABLE else "\ufffd" for c in text)


def to_html(blocks: Iterable[Block], look: Look = INLINE) -> str:
    """Render blocks as HTML, up to the longest output that Gradescope takes."""
    rendered: list[str] = []
    left = LONGEST_OUTPUT - len(_html(Paragraph(CUT), look)) - 1
    for block in blocks:
        piece = _html(block, look)
        left -= len(piece) + 1
        if left < 0:
            rendered.append(_html(Paragraph(CUT), look))
            break
        rendered.append(piece)
    return "\n".join(rendered)


def _html(block: Block, look: Look) -> str:
    if isinstance(block, Table):
        lines = [("th", block.columns), *(("td", row) for row in block.rows), ("th", block.total)]
        head, *rows = [
            "<tr>" + "".join(_cell(tag, text, k, look) for k, text in enumerate(row)) + "</tr>" for tag, row in lines if row
        ]
        return f"<table{look.text}><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    text = html.escape(clean(block.text))
    if isinstance(block, Verbatim):
        return f"<pre{look.verbatim}>\n{text}</pre>"  # a parser drops the line break after the tag, and only that one
    if isinstance(block, Hint):
        return f"<p{look.hint}><strong>Hint:</strong> {text}</p>"
    if isinstance(block, Heading):
        return f"<p{look.text}><strong>{text}</strong></p>"
    return f"<p{look.text}>{text}</p>"


def _cell(tag: str, text: str, column: int, look: Look) -> str:
    return f"<{tag}{look.words if column < 2 else look.number}>{html.escape(clean(text))}</{tag}>"
