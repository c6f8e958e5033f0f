"""Words for people: counts with their units, and lists that are not too long."""

from collections.abc import Iterable


def counted(count: float, unit: str) -> str:
    """Say a count with its unit, as in ``1 check`` and ``3 checks``."""
    return f"{count:g} {unit}" if count == 1 else f"{count:g} {unit}s"


def first_few(names: Iterable[str], most: int, separator: str = ", ") -> str:
    """List the first few names, and say how many more there are: ``a, b and 3 more``."""
    every = list(names)
    more = f"{separator.rstrip(', ')} and {len(every) - most} more" if len(every) > most else ""
    return separator.join(every[:most]) + more
