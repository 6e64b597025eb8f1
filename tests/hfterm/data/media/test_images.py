"""The functions of images, against Pillow."""

import io
from typing import Any

import pytest

from hfterm.data.media import images
from hfterm.data.media.errors import MediaError
from support.media import encoded, huge_png, image


def value(made: Any, kind: str = "PNG", path: str = "a/b.png", **how: Any) -> dict[str, Any]:
    return {"bytes": encoded(made, kind, **how), "path": path}


def pixels(found: dict[str, Any]) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(found["bytes"]))


def same(one: Any, other: Any) -> bool:
    return bool(one.mode == other.mode and one.size == other.size and one.tobytes() == other.tobytes())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_resize_is_pillows(mode: str) -> None:
    from PIL import Image

    made = Image.new(mode, (6, 4), 40000) if mode == "I;16" else image(3, (6, 4), mode)
    source = value(made, "PNG" if mode not in ("CMYK", "F") else "TIFF", "x.tif")
    found = images.resize(source, 5, 7)
    assert same(pixels(found), made.resize((5, 7)))
    assert found["path"] == ("x.tiff" if mode in ("CMYK", "F", "P") else "x.png")


def test_crop_and_thumbnail() -> None:
    made = image(1, (20, 10))
    source = value(made)
    assert same(pixels(images.crop(source, 2, 3, 9, 8)), made.crop((2, 3, 9, 8)))
    small = made.copy()
    small.thumbnail((8, 8))
    assert same(pixels(images.thumbnail(source, 8, 8)), small) and small.size == (8, 4)
    assert images.thumbnail(source, 20, 10)["bytes"] == source["bytes"]
    with pytest.raises(MediaError, match=r"has 20 x 10 pixels: \(0, 0, 21, 10\) is no part"):
        images.crop(source, 0, 0, 21, 10)


def test_convert() -> None:
    made = image(2, mode="CMYK")
    assert same(pixels(images.convert(value(made, "TIFF"), "RGB")), made.convert("RGB"))
    source = value(image(2), "JPEG", "x.jpg")
    assert images.convert(source, "RGB") == source  # as it was, not packed anew
    with pytest.raises(ValueError, match="no mode 'RBG': choose from"):
        images.convert(source, "RBG")


def test_sixteen_bits_keep_their_upper_ones() -> None:
    from PIL import Image

    made = Image.new("I;16", (1, 1), 0x9C40)
    assert pixels(images.convert(value(made), "RGB")).getpixel((0, 0)) == (0x9C,) * 3


def test_orientation_is_applied() -> None:
    from PIL import Image, ImageOps

    turn = Image.Exif()
    turn[0x0112] = 6
    source = value(image(5, (30, 20)), "JPEG", exif=turn)
    assert (images.width(source), images.height(source)) == (20, 30)
    assert images.decoded(source).size == (20, 30)
    upright = ImageOps.exif_transpose(pixels(source))
    assert upright is not None and same(pixels(images.resize(source, 4, 6)), upright.resize((4, 6)))


def test_the_first_frame_counts() -> None:
    frames = [image(at, (6, 4)) for at in range(3)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        source = value(frames[0], kind, save_all=True, append_images=frames[1:])
        assert images.facts(source)["frames"] == 3
        assert images.decoded(source).size == (6, 4)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no image"),
        (b"hello", "is no image"),
        (encoded(image())[:60], "cannot be read"),
        (encoded(image(0, (90, 90)), "JPEG")[:900], "truncated"),
        (huge_png(50_000, 50_000), r"taken for a decompression bomb \(2500000000 pixels\)"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no image"),
    ],
)
def test_what_cannot_be_read(data: bytes, why: str) -> None:
    with pytest.raises(MediaError, match=f"bad.png: it .*{why}"):
        images.resize({"bytes": data, "path": "bad.png"}, 2, 2)


def test_large_ones_below_the_limit_are_no_bombs() -> None:
    found = images.facts({"bytes": huge_png(12_000, 9_000), "path": "x.png"})
    assert (found["width"], found["height"]) == (12_000, 9_000)


@pytest.mark.parametrize("size", [(0, 5), (5, -1), (1 << 20, 1 << 20)])
def test_sizes_that_make_no_sense(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="pixels is made"):
        images.resize(value(image()), *size)
