"""What files are, by their names and first bytes."""

from pathlib import Path

import pytest

from hfterm.data.media import kinds
from support.media import encoded, image, sound


def test_suffixes_are_those_of_datasets() -> None:
    from datasets.packaged_modules.audiofolder.audiofolder import AudioFolder
    from datasets.packaged_modules.imagefolder.imagefolder import ImageFolder

    assert set(ImageFolder.EXTENSIONS) == kinds.IMAGES and set(AudioFolder.EXTENSIONS) == kinds.SOUNDS


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "ICO", "JPEG2000", "AVIF"])
def test_images_are_known_by_their_bytes(kind: str) -> None:
    assert kinds.by_content(encoded(image(), kind)[:32]) == "image"


@pytest.mark.parametrize("suffix", ["wav", "mp3", "flac", "ogg", "aiff", "caf", "au", "w64", "rf64"])
def test_sounds_are_known_by_their_bytes(tmp_path: Path, suffix: str) -> None:
    path = sound(tmp_path / f"a.{suffix}")
    assert kinds.by_content(path.read_bytes()[:32]) == "audio"


def test_other_bytes_are_neither() -> None:
    for head in (b"", b"hello", b"BMW is a car maker and", b"PAR1", b"\xff\xfe\x00\x41", b"RIFF\0\0\0\0AVI LIST"):
        assert kinds.by_content(head) is None


def test_the_content_is_believed_before_the_name() -> None:
    assert kinds.kind_of(encoded(image())[:32], "a.wav") == "image"
    assert (kinds.kind_of(b"?", "A.FLAC"), kinds.kind_of(b"?", "a.bin")) == ("audio", None)
