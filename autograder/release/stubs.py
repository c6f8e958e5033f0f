"""The students' stubs: the solutions without what stands between BEGIN SOLUTION and END SOLUTION."""

import re

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
