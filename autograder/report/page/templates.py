"""Fill a template: no request leaves the page, and no style or script counts but its own."""

import base64
import hashlib
import math
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.report import words
from autograder.report.course import points
from autograder.report.page.findings import signed
from autograder.report.words import CLASSES, Block, to_html
from autograder.text import printable

HERE = Path(__file__).parent


def fill(template: str, script: str = "", **values: Any) -> Iterator[str]:
    """Fill a template piece by piece.

    Parameters
    ----------
    template, script : str
        Names of files that lie here; the script may be left out.
    values : Any
        What the template names, apart from its policy, style and script.
    """
    style, code = _text("page.css"), _text(script) if script else ""
    page = _environment().get_template(template)
    return page.generate(policy=_policy(style, code), style=Markup(style), script=Markup(code), **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        points=lambda value: "–" if math.isnan(value) else points(round(100 * value)),
        hundredths=points,
        signed=signed,
        printable=printable,
        address=lambda name: f"{quote(name, safe='')}/report.html",
        percent=lambda fraction: "–" if math.isnan(fraction) else f"{100 * fraction:.0f} %",
        html=_html,
        told=words.of_check,
        sign=lambda result: words.SIGNS[result.outcome],
    )
    return environment


@cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that permits these two, by their hashes, and nothing else."""
    rules = [f"default-src 'none'; style-src {_hash(style)}"]
    rules += [f"script-src {_hash(script)}"] if script else []
    return "; ".join([*rules, "base-uri 'none'; form-action 'none'"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _html(blocks: Iterable[Block]) -> Markup:
    """Render blocks with the classes of the page's own style sheet: it permits no style beside it."""
    return Markup(to_html(blocks, CLASSES))
