"""Trainers without a model for the tests of this folder."""

from collections.abc import Iterator

import pytest

from support.small_runs import Start, starting


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a trainer of a new run, and return the run; it ends with the test."""
    with starting() as start:
        yield start
