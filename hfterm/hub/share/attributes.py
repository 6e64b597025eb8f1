"""Which files belong in the large file storage when nobody said so: by their ending, or from a size on."""

from hfterm.hub.share.patterns import Large

# From this size on a text, too, is a large file (the Hub's limit for a file in git).
LARGE_BYTES = 10 * 2**20
# The endings that the Hub writes into a new repository.
_ENDINGS = """
    7z arrow bin bz2 ckpt flac ftz gguf gif gz h5 joblib jpeg jpg mlmodel model mp3 mp4 msgpack npy npz ogg onnx ot
    parquet pb pickle pkl png pt pth rar safetensors tar tflite tgz wasm wav webp xz zip zst
"""
# What a new repository's ``.gitattributes`` holds.
ATTRIBUTES = "".join(f"*.{ending} filter=lfs diff=lfs merge=lfs -text\n" for ending in _ENDINGS.split())

_by_ending = Large(ATTRIBUTES)


def is_large(path: str, size: int) -> bool:
    """Whether a file is one for the large file storage."""
    return size > 0 and (size >= LARGE_BYTES or _by_ending(path))
