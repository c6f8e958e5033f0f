"""Versions of everything that a verdict could depend on."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

from autograder import __version__


@cache
def versions() -> Mapping[str, str]:
    """Python, the autograder, numpy and pytest, each with its version."""
    packages = {package: version(package) for package in ("numpy", "pytest")}
    return MappingProxyType({"python": platform.python_version(), "autograder": __version__, **packages})
