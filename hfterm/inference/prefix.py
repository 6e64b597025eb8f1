"""What a model has read already: the next question of a conversation only costs what is new in it."""

from collections.abc import Sequence
from typing import Any


class Prefix:
    """The token ids that were read last, and the model's cache of their keys and values."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._cache: Any = None

    def take(self, ids: Sequence[int]) -> tuple[Any, int]:
        """A cache for the beginning of ``ids``, and how many of them it holds: fewer than all, (None, 0) at worst.

        It is then the caller's; what is not given back by :meth:`keep` is forgotten.
        """
        cache, known = self._cache, self._ids
        self._ids, self._cache = [], None
        same = 0
        for ours, theirs in zip(known, ids[:-1], strict=False):
            if ours != theirs:
                break
            same += 1
        if not same or not _can_crop(cache, len(known)):
            return None, 0
        cache.crop(same - len(known))
        return cache, same

    def keep(self, ids: list[int], cache: Any) -> None:
        """Remember that ``cache`` holds the keys and values of ``ids``."""
        self._ids, self._cache = ids, cache


def _can_crop(cache: Any, length: int) -> bool:
    """Whether a cache holds every token apart, so that the last ones can be taken off.

    A sliding window or a recurrent state cannot be turned back.
    """
    if cache is None:
        return False
    from transformers.cache_utils import DynamicLayer

    layers = getattr(cache, "layers", ())
    return bool(layers) and all(type(layer) is DynamicLayer for layer in layers) and cache.get_seq_length() == length
