"""Images with Pillow: what one is, and the functions that ``map`` knows. The first frame, upright, as ``datasets``.

A decoder may meet anything here, so whatever it raises is an error about the image. PostScript is not run.
"""

import contextlib
import io
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from hfterm import extras
from hfterm.data.media import files
from hfterm.data.media.errors import MediaError

Value = dict[str, Any]

# They call other programs, or are no images but containers of measurements.
_NOT_READ = ("EPS", "WMF", "MPEG", "GRIB", "BUFR", "HDF5", "FITS")
# As ``datasets`` writes images (``features/image.py``).
_PNG_MODES = ("1", "L", "LA", "RGB", "RGBA")
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)


class _Image(Protocol):
    """What is used of ``PIL.Image.Image``."""

    mode: str
    format: str | None
    size: tuple[int, int]

    def load(self) -> Any: ...
    def getexif(self) -> Any: ...
    def convert(self, mode: str) -> "_Image": ...
    def resize(self, size: tuple[int, int]) -> "_Image": ...
    def thumbnail(self, size: tuple[int, int]) -> None: ...
    def crop(self, box: tuple[int, int, int, int]) -> "_Image": ...
    def point(self, table: Any, mode: str | None = None) -> "_Image": ...
    def save(self, stream: io.BytesIO, format: str) -> None: ...


def pillow() -> Any:
    """``PIL.Image``, its formats known.

    Raises:
        MissingExtraError: Pillow is not installed.
    """
    image = extras.require("PIL.Image", "media")
    # From half of its limit on Pillow warns, from the limit on it refuses; only that is of interest.
    warnings.filterwarnings("ignore", category=image.DecompressionBombWarning)
    image.init()
    return image


@contextlib.contextmanager
def opened(value: Value) -> Iterator[Any]:
    """An image, its pixels not yet read.

    Raises:
        MediaError: it is none, or is damaged, or too large.
    """
    image = pillow()
    path = value.get("path")
    with _blamed(image, path), files.opened(value) as stream:
        formats = [name for name in image.ID if name not in _NOT_READ]
        with image.open(stream, formats=formats) as found:
            yield found


@contextlib.contextmanager
def _blamed(image: Any, path: str | None) -> Iterator[None]:
    try:
        yield
    except MediaError:
        raise
    except image.DecompressionBombError as exc:
        pixels = re.search(r"\d+ pixels", str(exc))
        raise MediaError(path, f"is taken for a decompression bomb ({pixels[0] if pixels else exc})") from exc
    except image.UnidentifiedImageError as exc:
        raise MediaError(path, "is no image that can be read") from exc
    except MemoryError as exc:
        raise MediaError(path, "does not fit into memory") from exc
    except Exception as exc:
        raise MediaError(path, f"cannot be read: {exc}") from exc


def facts(value: Value) -> dict[str, Any]:
    """What an image's header says: ``format``, ``width`` and ``height`` (pixels, upright), ``mode``, more frames.

    Raises:
        MediaError.
    """
    with opened(value) as image:
        width, height = image.size
        # A PNG that does not have it at its beginning would be read whole for it.
        known = image.format != "PNG" or "exif" in image.info
        if known and image.getexif().get(_ORIENTATION) in _SIDEWAYS:
            width, height = height, width
        found = {"format": image.format, "width": width, "height": height, "mode": image.mode}
        if getattr(image, "is_animated", False):
            found["frames"] = image.n_frames
        return found


def decoded(value: Value) -> _Image:
    """The pixels of an image's first frame, turned upright.

    Raises:
        MediaError.
    """
    with opened(value) as image:
        image.load()
        if image.getexif().get(_ORIENTATION) is None:
            return image  # type: ignore[no-any-return]
        return extras.require("PIL.ImageOps", "media").exif_transpose(image)  # type: ignore[no-any-return]


def encoded(image: _Image, path: str | None) -> Value:
    """An image as a value: PNG where that holds its mode, else TIFF."""
    kind = "PNG" if image.mode in _PNG_MODES or image.mode.startswith("I;16") else "TIFF"
    stream = io.BytesIO()
    image.save(stream, kind)
    return {"bytes": stream.getvalue(), "path": files.renamed(path, ".png" if kind == "PNG" else ".tiff")}


def changed(value: Value, change: Callable[[_Image], _Image | None]) -> Value:
    """A value with its image changed; None leaves the value as it is, byte for byte.

    Raises:
        MediaError.
    """
    image = decoded(value)
    path = value.get("path")
    with _blamed(pillow(), path):
        made = change(image)
        return encoded(made, path) if made is not None else {"bytes": files.content(value), "path": path}


def _size(width: int, height: int) -> tuple[int, int]:
    most = pillow().MAX_IMAGE_PIXELS or 1 << 40
    if width < 1 or height < 1 or width * height > 2 * most:
        raise ValueError(f"no image of {width} x {height} pixels is made")
    return width, height


def resize(value: Value, width: int, height: int) -> Value:
    """An image of another size (pixels), as ``PIL.Image.resize`` makes it."""
    size = _size(width, height)
    return changed(value, lambda image: image.resize(size))


def thumbnail(value: Value, width: int, height: int) -> Value:
    """An image that fits into a size (pixels) with its proportions kept; a smaller one stays as it is."""
    size = _size(width, height)

    def change(image: _Image) -> _Image | None:
        if image.size[0] <= width and image.size[1] <= height:
            return None
        image.thumbnail(size)
        return image

    return changed(value, change)


def crop(value: Value, left: int, top: int, right: int, bottom: int) -> Value:
    """A part of an image, from ``left, top`` up to ``right, bottom`` (pixels)."""

    def change(image: _Image) -> _Image:
        if not (0 <= left < right <= image.size[0] and 0 <= top < bottom <= image.size[1]):
            here = f"{image.size[0]} x {image.size[1]}"
            raise MediaError(value.get("path"), f"has {here} pixels: ({left}, {top}, {right}, {bottom}) is no part")
        return image.crop((left, top, right, bottom))

    return changed(value, change)


def convert(value: Value, mode: str) -> Value:
    """An image in another mode of Pillow's; 16 bits become 8 by their upper ones (Pillow alone would cut them off)."""
    if mode not in pillow().MODES:
        raise ValueError(f"there is no mode {mode!r}: choose from {', '.join(pillow().MODES)}")

    def change(image: _Image) -> _Image | None:
        if image.mode == mode:
            return None
        if image.mode.startswith("I;16") and mode not in ("I", "F") and not mode.startswith("I;16"):
            image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
        return image.convert(mode)

    return changed(value, change)


def width(value: Value) -> int:
    """Pixels from left to right."""
    return int(facts(value)["width"])


def height(value: Value) -> int:
    """Pixels from top to bottom."""
    return int(facts(value)["height"])
