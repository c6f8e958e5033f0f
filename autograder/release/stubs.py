"""The students' stubs: the solutions without what stands between BEGIN SOLUTION and END SOLUTION."""

import re

SOLUTION = re.compile(r"^(?P<indent> *)# BEGIN SOLUTION\n.*?^(?P=indent)# END SOLUTION\n", re.MULTILINE | re.DOTALL)
LAST_MARK = "# END SOLUTION"
MARK = re.compile(r"^ *# (BEGIN|END) SOLUTION\n", re.MULTILINE)
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


def without_marks(source: str) -> str:
    """Leave out the lines that mark where solutions begin and end, and nothing else."""
    return MARK.sub("", source)
