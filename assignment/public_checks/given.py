"""The code that you were given, for the checks: `from public_checks.given import training` and the like.

The modules are beside this package, or beside the folder that holds it. They are loaded under names of their own: the grader
runs the same checks, and must not take another module called `training` for this one.
"""

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def __getattr__(name):
    """Load a given module when it is first asked for."""
    known = sys.modules.get(f"{__name__}.{name}")
    if known is not None:
        return known
    for folder in (HERE.parent, HERE.parent.parent):
        path = folder / f"{name}.py"
        if not name.startswith("_") and path.is_file():
            spec = importlib.util.spec_from_file_location(f"{__name__}.{name}", path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[spec.name]  # read anew once it is corrected, as by an ordinary import
                raise
            return module
    raise AttributeError(f"no given module is called {name}")
