"""What can be imported here, and how it is found."""

import sys

import pytest

from hfterm import extras


def test_pip_is_found_without_the_finder_that_setuptools_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    class Warns:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            assert name != "pip", "setuptools warns here when distutils was imported before"

    monkeypatch.setattr(sys, "meta_path", [Warns, *sys.meta_path])
    assert extras.has_pip()
    monkeypatch.setattr(sys, "path", [])
    assert not extras.has_pip()
