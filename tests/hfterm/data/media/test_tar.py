"""Members of archives: what is there, and nothing is taken for an end that is none."""

import io
import tarfile

import pytest

from hfterm.data.media import tar
from hfterm.errors import HftermError
from support.media import tar as made_of


def names(data: bytes) -> list[str]:
    return [member.name for member in tar.members(io.BytesIO(data), "x.tar")]


def test_only_files_count_and_names_are_only_names() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, kind in (
            ("l", tarfile.SYMTYPE),
            ("d", tarfile.DIRTYPE),
            ("c", tarfile.CHRTYPE),
            ("h", tarfile.LNKTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name in ("/etc/x", "../y", ".z", "a/__b", "é" * 200, "\udcff"):
            archive.addfile(tarfile.TarInfo(name))
    assert names(stream.getvalue()) == ["/etc/x", "../y", "é" * 200, "\\udcff"]


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_kind_of_archive(format: int) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=format) as archive:
        info = tarfile.TarInfo("a/" + "b" * 60 + "/" + "c" * 60)
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    assert [member.data for member in tar.members(io.BytesIO(stream.getvalue()), "x")] == [b"abc"]


WHOLE = made_of([("a.txt", "a" * 600), ("b.txt", "b"), ("c.txt", "c")])


@pytest.mark.parametrize("length", [100, 512, 700, 1100, 1536, 1600, 2048, 2560, 3072, 3584])
def test_a_cut_archive_is_an_error(length: int) -> None:
    with pytest.raises(HftermError, match="cut off"):
        names(WHOLE[:length])


def test_a_damaged_header_is_no_end() -> None:
    at = WHOLE.index(b"b.txt")
    with pytest.raises(HftermError, match="bad checksum behind 1536 bytes"):
        names(WHOLE[:at] + b"x" + WHOLE[at + 1 :])


def test_no_archive() -> None:
    for data in (b"hello" * 500, b"\x89PNG\r\n\x1a\n" * 200):
        with pytest.raises(HftermError, match="no tar archive"):
            names(data)
    assert names(b"") == names(made_of([])) == []


def test_a_lying_header_takes_no_memory() -> None:
    info = tarfile.TarInfo("a.bin")
    info.size = 900 << 20
    with pytest.raises(HftermError, match="unexpected end of data"):
        names(info.tobuf() + b"x" * 5000)
    info.size = 1 << 40
    (found,) = _first(info.tobuf() + b"x" * 5000)
    assert found.why is not None and "1099511627776 bytes" in found.why


def _first(data: bytes) -> list[tar.Member]:
    members = tar.members(io.BytesIO(data), "x")
    return [next(members)]
