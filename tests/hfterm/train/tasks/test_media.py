from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hfterm.data.media.errors import MediaError
from hfterm.errors import HftermError
from hfterm.train.methods import audio, image
from hfterm.train.tasks import media
from support.media import encoded, sound
from support.media import image as noise


def data(folder: Path) -> Any:
    return SimpleNamespace(folder=folder, pieces=[SimpleNamespace(path=folder / "own.png", format="jsonl")])


def turn(folder: Path, row: dict[str, Any]) -> Any:
    return media.turned(data(folder), ("image",), lambda value: None)(row)


def test_paths_bytes_and_the_users_own_files(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(noise()))
    assert turn(tmp_path, {"image": "a.png", "label": 1}) == ({"bytes": None, "path": str(tmp_path / "a.png")}, "1")
    held = {"bytes": b"x", "path": "elsewhere.png"}
    assert turn(tmp_path, {"image": held, "label": "b"}) == (held, "b")
    # It is there when it is needed: its bytes are not kept.
    own = str(tmp_path / "own.png")
    assert turn(tmp_path, {"image": {"bytes": b"x", "path": own}, "label": "b"})[0] == {"bytes": None, "path": own}
    with pytest.raises(HftermError, match=r"its image 'b\.png' is not there; paths lead from "):
        turn(tmp_path, {"image": "b.png", "label": 1})
    with pytest.raises(HftermError, match="no image in it"):
        turn(tmp_path, {"label": 1})
    with pytest.raises(MediaError, match=r"gone\.png: it cannot be read"):
        media.held({"bytes": None, "path": "gone.png"})


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "I;16"])
def test_images_of_any_mode(mode: str) -> None:
    made = noise(mode="L").convert("I;16") if mode == "I;16" else noise(mode=mode)
    found = image.decoded({"bytes": encoded(made), "path": "x.png"}, "RGB")
    assert (found.mode, found.size) == ("RGB", (12, 8))


def test_augmentation_is_drawn_from_the_seed() -> None:
    import random

    picture = noise(size=(40, 30))
    random.seed(3)
    one = image.augmented(picture)
    random.seed(3)
    assert image.augmented(picture).tobytes() == one.tobytes()
    assert one.size[0] <= 40 and one.size[1] <= 30 and image.augmented(picture).tobytes() != one.tobytes()


def test_sounds_are_made_mono_resampled_and_cut(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.wav", seconds=2.0, rate=8000, channels=2)
    wave = audio.samples({"bytes": None, "path": str(path)}, 16000, 1.5)
    assert wave.dtype == "float32" and abs(len(wave) - 24000) <= 2 and 0.2 < abs(wave).max() < 0.4


def test_models_of_raw_sound_need_so_many_samples() -> None:
    assert audio.shortest({"conv_stride": [5, 2], "mask_time_length": 10}) == 120
    assert audio.shortest({}) == 0
