"""Grade numerical homework: submissions in, verdicts out."""

import importlib.util
import sys
from pathlib import Path

__version__ = "0.1.0"


def _load_public_checks() -> None:
    """Make the checks that students have importable: the grader uses the same ones, and adds nothing to `sys.path`.

    Raises
    ------
    ImportError
        Another package of that name is in the way.
    """
    name, folder = "public_checks", Path(__file__).resolve().parents[1] / "assignment" / "public_checks"
    known = sys.modules.get(name)
    if known is not None:
        if Path(known.__file__ or "").resolve().parent != folder:
            raise ImportError(f"{name} has been imported from {known.__file__}; the grader needs {folder}")
        return
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is missing")
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


_load_public_checks()
