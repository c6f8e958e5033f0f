"""Who is in the class."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Student:
    """A student, as the platform or the roster knows them; what is not known is empty."""

    name: str = ""
    sid: str = ""
    email: str = ""
