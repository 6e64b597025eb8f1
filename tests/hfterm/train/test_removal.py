"""Runs removed from outside. The trainers are small real processes without a model."""

import os
from pathlib import Path

import pytest

from hfterm import paths
from hfterm.errors import HftermError, UsageError
from hfterm.train import control, removal
from support.small_runs import Start, ended

pytestmark = pytest.mark.usefixtures("isolated")


def test_delete_frees_the_name_at_once(start: Start) -> None:
    run = start("demo")
    with pytest.raises(UsageError, match="'demo' is running, at step 40; stop it first: hfterm train stop demo"):
        removal.delete(run)
    control.stop(run)
    (run.path / "checkpoints").mkdir()
    (run.path / "checkpoints" / "weights").write_bytes(b"x" * 5000)
    assert removal.size(run) > 5000
    (paths.runs_dir() / ".other.123.old" / "rest").mkdir(parents=True)  # a removal was killed here
    assert removal.delete(run) > 5000
    assert list(paths.runs_dir().iterdir()) == []


def test_what_another_process_holds_is_not_deleted(start: Start) -> None:
    run = start("demo", "refuse")
    run.write_status({**run.status(), "state": "stopped"})  # its heart has not beaten since
    with pytest.raises(HftermError, match="is being trained by pid"):
        removal.delete(run)
    assert run.path.is_dir()


def test_a_run_on_another_disk_goes_with_its_files_a_foreign_folder_stays(tmp_path: Path) -> None:
    run = ended("demo")
    run.path.rename(tmp_path / "big")
    run.path.symlink_to(tmp_path / "big")
    assert removal.delete(run) > 0 and not (tmp_path / "big").exists()
    (tmp_path / "precious").mkdir()
    run.path.symlink_to(tmp_path / "precious")
    assert removal.delete(run) == 0
    assert (tmp_path / "precious").is_dir() and list(paths.runs_dir().iterdir()) == []


@pytest.mark.skipif(os.getuid() == 0, reason="root may remove anything")
def test_what_must_not_be_removed_is_said() -> None:
    run = ended("demo")
    paths.runs_dir().chmod(0o500)
    try:
        with pytest.raises(HftermError, match="not permitted to remove run 'demo'"):
            removal.delete(run)
    finally:
        paths.runs_dir().chmod(0o700)
