"""Memory that is given back as soon as it is free."""

import contextlib
import ctypes

_MMAP_THRESHOLD = -3  # malloc.h


def steady(threshold: int = 1 << 20) -> None:
    """Let every large tensor have pages of its own, which go back to the system with it.

    glibc takes ever larger ones (up to 32 MB) from its heap once some were freed, and small things that stay keep
    the heap from shrinking: a process that goes through a model layer by layer grows by the model. Elsewhere than
    on glibc nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, threshold)
