"""Which class knows a function: the registry of kinds of evidence."""

import pytest

from autograder.judge import evidence
from autograder.judge.evidence import Evidence, evidence_for, kind_for


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of the test's own."""
    monkeypatch.setattr(evidence, "_KINDS", {})


def test_a_class_is_found_by_each_function_it_is_for():
    @evidence_for("f", "g")
    class Kind(Evidence):
        pass

    assert (kind_for("f"), kind_for("g"), kind_for("h")) == (Kind, Kind, None)


def test_classes_that_share_a_base_are_found():
    """A course may put what its questions have in common into a class of its own."""

    class Shared(Evidence):
        pass

    @evidence_for("f")
    class First(Shared):
        pass

    @evidence_for("g")
    class Second(Shared):
        pass

    assert (kind_for("f"), kind_for("g")) == (First, Second)


def test_a_second_claim_to_a_function_is_refused():
    """Whichever came first would silently judge in its place."""

    @evidence_for("f")
    class First(Evidence):
        pass

    with pytest.raises(TypeError, match=r"f has two kinds of evidence: .*First and .*Second"):

        @evidence_for("f")
        class Second(Evidence):
            pass

    assert kind_for("f") is First
