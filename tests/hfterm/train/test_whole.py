import hashlib
from pathlib import Path

import pytest

from hfterm.train import whole
from support.saved import archive, safetensors


def test_a_digest_is_the_files_sha256_or_that_of_its_chunks(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40
    (tmp_path / "small").write_bytes(data[:1024])
    (tmp_path / "large").write_bytes(data)
    (tmp_path / "empty").write_bytes(b"")
    read: list[int] = []
    found = whole.digests(tmp_path, ["small", "large", "empty"], chunk=4096, advance=read.append)
    assert found["small"] == hashlib.sha256(data[:1024]).hexdigest()
    parts = [hashlib.sha256(data[at : at + 4096]).digest() for at in range(0, len(data), 4096)]
    assert found["large"] == hashlib.sha256(b"".join(parts)).hexdigest() and len(parts) == 3
    assert found["empty"] == hashlib.sha256().hexdigest()
    assert sum(read) == 1024 + len(data)


def test_every_flipped_byte_changes_the_digest(tmp_path: Path) -> None:
    data = bytearray(100)
    path = tmp_path / "x"
    seen = set()
    for at in range(-1, 100):
        path.write_bytes(bytes(data[:at]) + b"\1" + bytes(data[at + 1 :]) if at >= 0 else data)
        seen.add(whole.digests(tmp_path, ["x"], chunk=32)["x"])
    assert len(seen) == 101


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.safetensors", safetensors(), None),
        ("model.safetensors", safetensors()[:-1], "where its header says"),
        ("model.safetensors", safetensors() + b"x", "where its header says"),
        ("model.safetensors", safetensors()[:20], "is cut off in its header"),
        ("model.safetensors", b"PK", "is cut off in its header"),
        ("model.safetensors", (2).to_bytes(8, "little") + b"no", "has a damaged header"),
        ("model.safetensors", (2).to_bytes(8, "little") + b"[]", "has a damaged header"),
        ("model.safetensors", (2).to_bytes(8, "little") + b"{}", None),
        ("optimizer.pt", archive("optimizer"), None),
        ("optimizer.pt", archive("optimizer")[:-10], "is a damaged archive"),
        ("optimizer.pt", archive("optimizer").replace(b"012", b"112", 1), "is damaged in optimizer/data/0"),
        ("optimizer.pt", b"not an archive", "is no archive of torch's"),
        ("rng_state_1.pth", b"not an archive", "is no archive of torch's"),
        ("tokens.bin", b"somebody's own format", None),
        ("trainer_state.json", b'{"global_step": 1}', None),
        ("trainer_state.json", b'{"global_step": ', "is not JSON"),
        ("trainer_state.json", b"[]", "holds no object"),
        ("config.json", b"\xff\xfe", "is not JSON"),
        ("anything", b"", "is empty"),
        ("anything", b"x", None),
    ],
)
def test_what_a_format_says_of_itself(tmp_path: Path, name: str, content: bytes, said: str | None) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = whole.flaw(path)
    assert found is None if said is None else said in (found or "")


def test_a_quick_look_leaves_the_checksums_of_archives_alone(tmp_path: Path) -> None:
    path = tmp_path / "optimizer.pt"
    path.write_bytes(archive("optimizer").replace(b"012", b"112", 1))
    assert whole.flaw(path, thorough=False) is None
    path.write_bytes(archive("optimizer")[:-10])
    assert "damaged archive" in (whole.flaw(path, thorough=False) or "")
