"""The students' stubs: the solutions without what stands between BEGIN SOLUTION and END SOLUTION."""

import re
from pathlib import Path

from autograder.homework import MODULES, SOLUTIONS

SOLUTION = re.compile(r"^(?P<indent> *)# BEGIN SOLUTION\n.*?^(?P=indent)# END SOLUTION\n", re.MULTILINE | re.DOTALL)
STUB = r'\g<indent>raise NotImplementedError("replace this line with your answer")' + "\n"


def strip(source: str) -> str:
    """Replace each marked solution by a statement that raises NotImplementedError; docstrings and hints stay.

    Parameters
    ----------
    source : str
        A module of the solutions.

    Returns
    -------
    stub : str
        The module as students receive it.

    Raises
    ------
    ValueError
        A marker is without its partner.
    """
    stub = SOLUTION.sub(STUB, source)
    if "BEGIN SOLUTION" in stub or "END SOLUTION" in stub:
        raise ValueError("a BEGIN SOLUTION or END SOLUTION has no partner at the same indentation")
    return stub


def build_stubs(out: Path) -> list[Path]:
    """Write the stub of every module that students fill.

    Parameters
    ----------
    out : Path
        Folder to write to.

    Returns
    -------
    paths : list of Path
        The files written.
    """
    paths = []
    for module in MODULES:
        path = out / f"{module}.py"
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(strip((SOLUTIONS / f"{module}.py").read_text(encoding="utf-8")), encoding="utf-8")
        paths.append(path)
    return paths
