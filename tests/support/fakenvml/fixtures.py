"""Fixtures that pretend GPUs to real processes: import them into a conftest or a test."""

from pathlib import Path

import pytest

from support.fakenvml.build import Machine, build


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the compiled stand-in."""
    return build(tmp_path_factory.mktemp("fakenvml"))


@pytest.fixture(scope="session")
def old_nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as of an old driver, which lacks the newer functions."""
    return build(tmp_path_factory.mktemp("oldnvml"), old_driver=True)


@pytest.fixture
def machine(nvml_library: Path, tmp_path: Path) -> Machine:
    """A machine with one GPU; ``set`` changes it."""
    return Machine(nvml_library, tmp_path / "machine.txt")


@pytest.fixture
def old_machine(old_nvml_library: Path, tmp_path: Path) -> Machine:
    """The same with an old driver."""
    return Machine(old_nvml_library, tmp_path / "machine.txt")
