"""Values in a few words, for records that people and programs read: not their bytes."""

import json
from typing import Any

from hfterm.data.media import files
from hfterm.data.media.errors import MediaError
from hfterm.data.media.kinds import Kind, kind_of
from hfterm.errors import MissingExtraError

Value = dict[str, Any]


def kind(value: Value) -> Kind | None:
    """Whether it is an image or a sound; None: neither, as far as one sees."""
    held = value.get("bytes")
    if held is not None:
        return kind_of(bytes(held[:32]), value.get("path") or "")
    try:
        with files.opened(value) as stream:
            return kind_of(stream.read(32), value.get("path") or "")
    except (MediaError, OSError):
        return kind_of(b"", value.get("path") or "")


def described(value: Value) -> dict[str, Any]:
    """What a value is.

    An image: ``path``, ``format``, ``width``, ``height``, ``mode``, ``bytes``, and ``frames`` if it has several;
    a sound: ``path``, ``format``, ``sampling_rate``, ``channels``, ``seconds``, ``bytes``. ``error`` says why it
    cannot be read. Where the libraries for it are not installed, and of what is neither: ``path`` and ``bytes``.
    """
    made: dict[str, Any] = {"path": value.get("path")}
    try:
        made |= facts(value)
    except MissingExtraError:
        pass
    except MediaError as exc:
        made["error"] = exc.why
    frames, error = made.pop("frames", None), made.pop("error", None)
    made["bytes"] = files.size(value)
    return made | ({"frames": frames} if frames else {}) | ({"error": f"it {error}"} if error else {})


def facts(value: Value) -> dict[str, Any]:
    """What a value's header says; nothing of what is neither image nor sound.

    Raises:
        MediaError: it cannot be read. MissingExtraError: the library for it is not installed.
    """
    found = kind(value)
    if found == "image":
        from hfterm.data.media import images

        return images.facts(value)
    if found == "audio":
        from hfterm.data.media import sounds

        return sounds.facts(value)
    with files.opened(value):
        return {}


def checked(value: Value) -> str | None:
    """Why a value cannot be read to its end; None: it can.

    Raises:
        MissingExtraError: the library for it is not installed.
    """
    try:
        if kind(value) == "audio":
            from hfterm.data.media import sounds

            with sounds.opened(value) as sound:
                for _ in sounds.pieces(sound, value.get("path")):
                    pass
        else:
            from hfterm.data.media import images

            images.decoded(value)
    except MediaError as exc:
        return exc.why
    return None


def text(value: Value) -> str:
    """What a value is, as JSON."""
    return json.dumps(described(value), ensure_ascii=False, separators=(",", ":"))
