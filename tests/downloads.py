"""Downloads as platforms make them of a class, in which each answer says whose it is."""

from pathlib import Path

from autograder.homework import MODULES
from tests.handed_in import below, packed, write_files
from tests.notebooks import notebook_of

METADATA = """\
---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '007'
    :email: ada@uni.edu
  :created_at: 2026-09-18 23:58:11.000000000 Z
  :score: 3.0
  :status: processed
  :results:
    tests:
    - name: q1
      output: |-
        submission_102:
          :submitters: []
  :history:
  - :id: 9
    :created_at: 2026-09-01 10:00:00.000000000 Z
submission_102:
  :submitters:
  - :name: Pair One
    :sid: '200'
    :email: one@uni.edu
  - :name: Pair Two
    :sid:
    :email: two@uni.edu
  :created_at: "2026-09-18 16:58:11 -0700"
  :score: 0.0
"""


def answers(of: str) -> dict[str, bytes]:
    """Answers that say whose they are."""
    return {f"{module}.py": f"s = {of!r}\n".encode() for module in MODULES}


def notebook(of: str) -> bytes:
    """A notebook that says whose it is."""
    return notebook_of(f"def softmax_jacobian(z):\n    return {of!r}")


EXPORT = {
    "submission_metadata.yml": METADATA.encode(),
    **below("submission_101", answers("ada")),
    **below("submission_102", {"work/homework.ipynb": notebook("pair")}),
    "submission_103/": b"",
    **below("submission_104/hw", answers("d")),
    **below("submission_104/old", answers("old")),
    "submission_105/homework2.zip": packed(below("homework", answers("e"))),
}


def laid(files: dict[str, bytes], to: Path, form: str) -> Path:
    """Files as a download: in a folder, or in a zip that nobody has opened."""
    if form == "zip":
        path = to / "download.zip"
        path.write_bytes(packed(files))
        return path
    return write_files(to / "download", files)
