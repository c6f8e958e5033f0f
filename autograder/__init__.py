"""Grade numerical homework: submissions in, verdicts out."""

import sys
from pathlib import Path

__version__ = "0.1.0"

# The checks that students have, and the code that they were given, are modules of their own: the grader uses the same.
_ASSIGNMENT = Path(__file__).resolve().parents[1] / "assignment"
sys.path[:0] = [path for path in map(str, (_ASSIGNMENT / "tests", _ASSIGNMENT)) if path not in sys.path]
