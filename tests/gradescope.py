"""Gradescope as the tests play it: the schema of its results.json, and the folders of its image."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema

from autograder.homework import QUESTIONS, ROOT

SCHEMA = json.loads((ROOT / "tests" / "schema" / "results.schema.json").read_text(encoding="utf-8"))


def unpacked(archive: Path, root: Path) -> Path:
    """Make the folders of an image from an autograder's zip, as the platform does; return their root."""
    (root / "results").mkdir(parents=True)
    shutil.unpack_archive(archive, root / "source")
    shutil.copy(root / "source" / "run_autograder", root)
    return root


def results_in(folder: Path) -> dict[str, Any]:
    """The results.json of a folder, which is one that the platform takes."""
    results: dict[str, Any] = json.loads((folder / "results.json").read_bytes())
    jsonschema.validate(results, SCHEMA)
    return results


def by_question(results: dict[str, Any]) -> dict[str, float]:
    """Points of each question in a results.json."""
    scores = {question: [test["score"] for test in results["tests"] if test["tags"][0] == question] for question in QUESTIONS}
    return {question: round(sum(values), 2) for question, values in scores.items()}
