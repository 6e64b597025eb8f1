"""The functions of sounds, against soundfile and soxr; headers that lie."""

import io
import struct
from pathlib import Path
from typing import Any

import pytest

from hfterm.data.media import sounds
from hfterm.data.media.errors import MediaError
from support.media import sound


def value(path: Path) -> dict[str, Any]:
    return {"bytes": path.read_bytes(), "path": f"a/{path.name}"}


def samples(found: dict[str, Any]) -> tuple[Any, int]:
    import soundfile

    return soundfile.read(io.BytesIO(found["bytes"]), dtype="float32", always_2d=True)  # type: ignore[no-any-return]


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg"])
def test_facts(tmp_path: Path, suffix: str) -> None:
    found = sounds.facts(value(sound(tmp_path / f"a.{suffix}", 1.5, 16_000, 2)))
    assert found == {"format": suffix.upper(), "sampling_rate": 16_000, "channels": 2, "seconds": 1.5}
    assert sounds.duration(value(tmp_path / f"a.{suffix}")) == 1.5


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3"])
@pytest.mark.parametrize(("rate", "channels"), [(4000, 2), (22_050, 1)])
def test_resample_is_soxrs(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    import numpy
    import soxr

    source = value(sound(tmp_path / f"a.{suffix}", 12.0, 8000, channels))  # of several pieces
    found = sounds.resample(source, rate)
    heard, told = samples(found)
    want = soxr.resample(samples(source)[0], 8000, rate)
    assert (told, heard.shape, found["path"]) == (rate, want.shape, "a.wav")
    assert numpy.abs(heard - want).max() < 1e-3


def test_mono_is_the_mean(tmp_path: Path) -> None:
    import numpy

    source = value(sound(tmp_path / "a.wav", channels=2))
    heard, rate = samples(sounds.mono(source))
    assert rate == 8000 and numpy.abs(heard - samples(source)[0].mean(axis=1, keepdims=True)).max() < 1e-4


def test_what_is_so_already_stays(tmp_path: Path) -> None:
    source = value(sound(tmp_path / "a.flac"))
    assert sounds.mono(source) == sounds.resample(source, 8000) == source


@pytest.mark.parametrize(("subtype", "made"), [("PCM_16", "PCM_16"), ("PCM_24", "PCM_24"), ("FLOAT", "FLOAT")])
def test_resolution_is_kept(tmp_path: Path, subtype: str, made: str) -> None:
    import soundfile

    found = sounds.resample(value(sound(tmp_path / "a.wav", subtype=subtype)), 16_000)
    assert soundfile.info(io.BytesIO(found["bytes"])).subtype == made


def test_a_wav_that_declares_gigabytes_has_its_true_length(tmp_path: Path) -> None:
    data = bytearray(sound(tmp_path / "a.wav").read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0xFFFFFFF0)
    lying = {"bytes": bytes(data), "path": "a.wav"}
    assert sounds.facts(lying)["seconds"] == 0.5 and samples(sounds.resample(lying, 4000))[0].shape == (2000, 1)


def test_a_flac_that_declares_years_has_its_true_length(tmp_path: Path) -> None:
    data = bytearray(sound(tmp_path / "a.flac", 3).read_bytes())
    data[18:26] = (int.from_bytes(data[18:26], "big") | (1 << 36) - 1).to_bytes(8, "big")
    lying = {"bytes": bytes(data), "path": "a.flac"}
    assert sounds.duration(lying) == 3.0 and samples(sounds.resample(lying, 4000))[0].shape == (12_000, 1)


def test_a_flac_that_is_cut_off(tmp_path: Path) -> None:
    data = sound(tmp_path / "a.flac", 3).read_bytes()
    for work in (sounds.facts, lambda it: sounds.resample(it, 4000)):
        with pytest.raises(MediaError, match="breaks off"):
            work({"bytes": data[: len(data) // 2], "path": "a.flac"})


@pytest.mark.parametrize("data", [b"", b"RIFF", b"hello" * 9, b"\xff\xfb\x90\x64" + b"\0" * 99])
def test_what_is_no_sound(data: bytes) -> None:
    with pytest.raises(MediaError, match=r"x.wav: it"):
        sounds.facts({"bytes": data, "path": "x.wav"})


def test_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "MOST_SAMPLES", 3000)
    with pytest.raises(MediaError, match="taken for a bomb"):
        sounds.resample(value(sound(tmp_path / "a.flac")), 4000)


def test_rates_that_make_no_sense(tmp_path: Path) -> None:
    for rate in (0, -1, 1 << 30):
        with pytest.raises(ValueError, match="makes no sense"):
            sounds.resample(value(sound(tmp_path / "a.wav")), rate)


def test_no_samples_at_all(tmp_path: Path) -> None:
    empty = value(sound(tmp_path / "a.wav", 0.0))
    assert sounds.facts(empty)["seconds"] == 0.0 and samples(sounds.resample(empty, 4000))[0].shape == (0, 1)
