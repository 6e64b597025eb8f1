"""Files and folders appear whole or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hfterm.errors import HftermError, UsageError
from hfterm.files import atomic_dir, atomic_file, require_free, require_space, write_text


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    write_text(path, "é\n")
    assert path.read_bytes() == "é\n".encode()
    path.chmod(0o600)
    write_text(path, "two")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("two", 0o600)
    assert os.listdir(path.parent) == ["file.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failed_write_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(error), atomic_file(path) as stream:
        stream.write("half")
        raise error
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["file.txt"])


def test_new_files_have_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_text(tmp_path / "ours", "")
    with atomic_dir(tmp_path / "dir") as folder:
        pass
    (tmp_path / "plaindir").mkdir()
    for ours, plain in (("ours", "plain"), ("dir", "plaindir")):
        assert (tmp_path / ours).stat().st_mode == (tmp_path / plain).stat().st_mode
    assert not folder.exists()


def test_a_symlink_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


def test_devices_are_written_through() -> None:
    write_text("/dev/null", "gone")
    assert Path("/dev/null").is_char_device()


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), atomic_dir(target) as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []
    with atomic_dir(target) as folder:
        (folder / "a").write_text("1")
        assert not target.exists()
    assert os.listdir(target) == ["a"]


def test_a_folder_is_only_replaced_when_asked(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").write_text("1")
    with pytest.raises(UsageError, match="--overwrite"), atomic_dir(target):
        pass
    with pytest.raises(ValueError), atomic_dir(target, overwrite=True):
        raise ValueError
    assert os.listdir(target) == ["old"]
    with atomic_dir(target, overwrite=True) as folder:
        (folder / "new").write_text("2")
    assert (os.listdir(target), os.listdir(tmp_path)) == (["new"], ["out"])


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match="in the way"):
        require_free(tmp_path / "x", overwrite=True)
    with pytest.raises(UsageError, match="it is a folder"):
        write_text(tmp_path, "")


def test_space(tmp_path: Path) -> None:
    require_space(tmp_path / "not" / "yet", 1)
    with pytest.raises(HftermError, match="not enough disk space"):
        require_space(tmp_path / "not" / "yet", 10**18)


def test_a_write_that_hits_the_size_limit_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from hfterm.files import write_text\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_text(sys.argv[1], 'x' * 5000)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code, str(tmp_path / "f")], capture_output=True, text=True)
    assert done.returncode == 1 and "File too large" in done.stderr
    assert os.listdir(tmp_path) == []


def test_a_kill_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    code = (
        "import os, signal, sys\nfrom hfterm.files import atomic_file\n"
        "with atomic_file(sys.argv[1]) as f:\n    f.write('half'); f.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code, str(path)])
    assert (done.returncode, path.read_text()) == (-signal.SIGKILL, "old")
