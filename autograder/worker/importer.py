"""Import a submission's modules from memory: the worker may be unable to read any file."""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType


class SourceImporter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder and loader of modules given as source text; refuses what is neither numpy nor the standard library.

    Parameters
    ----------
    sources : mapping of str to bytes
        Source of each module by its name, as it lies on disk: byte order mark, coding line and line ends are Python's matter.
    """

    def __init__(self, sources: Mapping[str, bytes]) -> None:
        self.sources = dict(sources)

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a given module; leave numpy and the standard library to Python; know nothing else."""
        if path is None and name in self.sources:
            return importlib.machinery.ModuleSpec(name, self, origin=f"{name}.py")
        top = name.partition(".")[0]
        if top == "numpy" or top in sys.stdlib_module_names:
            return None
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    def exec_module(self, module: ModuleType) -> None:
        """Compile and run the source of a module in its namespace."""
        file = f"{module.__name__}.py"
        module.__file__ = file
        exec(compile(self.sources[module.__name__], file, "exec", dont_inherit=True), module.__dict__)
