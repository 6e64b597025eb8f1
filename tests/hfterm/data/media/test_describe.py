"""Values in a few words."""

import subprocess
import sys
from pathlib import Path

from hfterm.data.media import describe
from support.media import encoded, image, sound


def test_an_image() -> None:
    data = encoded(image())
    assert describe.described({"bytes": data, "path": "x/a.jpg"}) == {
        "path": "x/a.jpg", "format": "PNG", "width": 12, "height": 8, "mode": "RGB", "bytes": len(data),
    }  # fmt: skip
    assert describe.text({"bytes": data, "path": None}).startswith('{"path":null,"format":"PNG","width":12,')


def test_a_sound(tmp_path: Path) -> None:
    data = sound(tmp_path / "a.flac").read_bytes()
    assert describe.described({"bytes": data, "path": "a.bin"}) == {
        "path": "a.bin", "format": "FLAC", "sampling_rate": 8000, "channels": 1, "seconds": 0.5, "bytes": len(data),
    }  # fmt: skip


def test_what_cannot_be_read_says_why() -> None:
    torn = {"bytes": b"hello", "path": "a.png"}
    assert describe.described(torn) == {"path": "a.png", "bytes": 5, "error": "it is no image that can be read"}
    assert describe.described({"bytes": None, "path": "a.png"})["error"] == "it holds no bytes, only a path"


def test_what_is_neither() -> None:
    assert describe.described({"bytes": b"%PDF-1.7", "path": "a.pdf"}) == {"path": "a.pdf", "bytes": 8}


def test_only_the_end_tells_whether_it_is_whole(tmp_path: Path) -> None:
    data = encoded(image(0, (90, 90)), "JPEG")
    cut = {"bytes": data[: len(data) // 2], "path": "a.jpg"}
    assert "error" not in describe.described(cut) and "truncated" in (describe.checked(cut) or "")
    assert describe.checked({"bytes": data, "path": "a.jpg"}) is None
    heard = sound(tmp_path / "a.wav").read_bytes()
    assert describe.checked({"bytes": heard, "path": "a.wav"}) is None


def test_without_the_libraries() -> None:
    code = """
import sys
sys.modules["PIL"] = sys.modules["PIL.Image"] = None  # as if it were not installed
from hfterm.data.media import describe
print(describe.text({"bytes": b"\\x89PNG\\r\\n\\x1a\\n", "path": "a.png"}))
"""
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == '{"path":"a.png","bytes":8}\n'
