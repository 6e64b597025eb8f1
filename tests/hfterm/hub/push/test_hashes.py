"""Hashes, and the record of them."""

import hashlib
import os
from pathlib import Path

import pytest

from hfterm.errors import HftermError
from hfterm.hub.push.hashes import LEAST_BYTES, Hashes, git_sha1
from hfterm.hub.push.local import Local, stamp


def local(path: Path, data: bytes, mtime: float = 1e9) -> Local:
    path.write_bytes(data)
    os.utime(path, (mtime, mtime))
    return Local(path, path.name, stamp(path))


def test_git_and_sha256(tmp_path: Path) -> None:
    file = local(tmp_path / "a", b"hello\n")
    # git hash-object of "hello\n"
    assert git_sha1(file.where, 6) == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert Hashes(tmp_path / "record").sha256(file) == hashlib.sha256(b"hello\n").hexdigest()
    assert not (tmp_path / "record").exists()  # small ones are not worth a line


def test_what_was_hashed_is_not_read_again(tmp_path: Path) -> None:
    data = b"x" * LEAST_BYTES
    file, record = local(tmp_path / "a", data), tmp_path / "cache" / "record"
    read: list[int] = []
    assert Hashes(record).sha256(file, read.append) == hashlib.sha256(data).hexdigest()
    assert sum(read) == len(data) and record.stat().st_mode & 0o077 == 0
    os.chmod(file.where, 0o600)
    another = Hashes(record)
    assert another.known(file) == hashlib.sha256(data).hexdigest()
    os.symlink(file.where, tmp_path / "link")
    assert another.known(file._replace(where=tmp_path / "link")) == another.known(file)
    assert another.known(file._replace(stamp=file.stamp._replace(mtime=5))) is None


def test_a_file_just_written_is_not_recorded(tmp_path: Path) -> None:
    import time

    file = local(tmp_path / "a", b"x" * LEAST_BYTES, mtime=time.time() + 60)
    hashes = Hashes(tmp_path / "record")
    hashes.sha256(file)
    assert hashes.known(file) is None


def test_a_torn_record_and_odd_lines_are_passed_over(tmp_path: Path) -> None:
    record = tmp_path / "record"
    record.write_bytes(b'{"path": 1}\nnull\n[]\n\xff\xfe\n{"path": "x", "size": 1, "mti')
    file = local(tmp_path / "a", b"x" * LEAST_BYTES)
    digest = Hashes(record).sha256(file)
    assert Hashes(record).known(file) == digest


def test_a_record_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    file = local(tmp_path / "a", b"x" * LEAST_BYTES)
    (tmp_path / "file").write_text("")
    assert len(Hashes(tmp_path / "file" / "record").sha256(file)) == 64


def test_a_long_record_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfterm.hub.push.hashes.MOST_BYTES", 1000)
    monkeypatch.setattr("hfterm.hub.push.hashes.KEPT_LINES", 2)
    record = tmp_path / "record"
    files = [local(tmp_path / f"f{n}", bytes([n]) * LEAST_BYTES) for n in range(10)]
    for file in files:
        Hashes(record).sha256(file)
    assert Hashes(record).known(files[-1]) is not None
    assert len(record.read_text().split()) < 60 and Hashes(record).known(files[0]) is None


def test_a_file_that_changes_while_it_is_hashed(tmp_path: Path) -> None:
    file = local(tmp_path / "a", b"x" * LEAST_BYTES)
    with pytest.raises(HftermError, match="changed while it was sent"):
        Hashes(tmp_path / "record").sha256(file, lambda _: os.utime(file.where, (5, 5)))
    file.where.unlink()
    with pytest.raises(HftermError, match="was removed"):
        file.check()
