"""Which files are images and which are sounds: by their names as ``datasets`` tells it, or by their first bytes.

The suffixes are those of ``datasets`` (``packaged_modules/imagefolder`` and ``audiofolder``).
"""

from pathlib import Path
from typing import Literal

Kind = Literal["image", "audio"]

_IMAGES = """
blp bmp dib bufr cur pcx dcx dds ps eps fit fits fli flc ftc ftu gbr gif grib png apng jp2 j2k jpc jpf jpx j2c icns ico
im iim tif tiff jfif jpe jpg jpeg mpg mpeg msp pcd pxr pbm pgm ppm pnm psd bw rgb rgba sgi ras tga icb vda vst webp wmf
emf xbm xpm
"""
_SOUNDS = """
aiff au avr caf flac htk svx mat4 mat5 mpc2k ogg paf pvf raw rf64 sd2 sds ircam voc w64 wav nist wavex wve xi mp3 opus
3gp 3g2 avi asf flv mp4 mov m4v mkv mpg webm f4v wmv wma ogm mxf nut
"""
IMAGES = frozenset(map(".{}".format, _IMAGES.split()))
SOUNDS = frozenset(map(".{}".format, _SOUNDS.split()))
_IMAGE_MARKS = (
    *(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS"),
    *(b"\0\0\0\x0cjP  ", b"qoif", b"DDS "),
)
_SOUND_MARKS = (b"fLaC", b"OggS", b"ID3", b".snd", b"caff", b"RF64", b"riff\x2e\x91\xcf\x11")


def by_name(name: str) -> Kind | None:
    """What a file's name says."""
    suffix = Path(name).suffix.lower()
    return "image" if suffix in IMAGES else "audio" if suffix in SOUNDS else None


def by_content(head: bytes) -> Kind | None:
    """What a file's first bytes (32 are enough) say, surely."""
    if head.startswith(_IMAGE_MARKS) or head[8:12] == b"WEBP" or head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image"
    if head.startswith(_SOUND_MARKS) or head[:4] + head[8:12] in (b"RIFFWAVE", b"FORMAIFF", b"FORMAIFC"):
        return "audio"
    mpeg = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0
    return "audio" if mpeg else None


def kind_of(head: bytes, name: str) -> Kind | None:
    """By the first bytes, else by the name."""
    return by_content(head) or by_name(name)
