"""Keep the libraries' own log lines, warnings and progress bars off the user's terminal."""

import logging
import os
import warnings

LOGGERS = ("transformers", "huggingface_hub", "peft", "accelerate", "datasets", "torch", "filelock", "httpx",
           "bitsandbytes")  # fmt: skip


def hush() -> None:
    """Silence transformers, the Hub client and their friends for the rest of the process.

    Whoever set a library's own verbosity variable (``TRANSFORMERS_VERBOSITY``, ``HF_HUB_VERBOSITY``)
    keeps what they asked for.
    """
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if os.environ.get("TRANSFORMERS_VERBOSITY") or os.environ.get("HF_HUB_VERBOSITY"):
        return
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    for module in ("transformers", "peft", "accelerate", "huggingface_hub"):
        warnings.filterwarnings("ignore", module=rf"{module}(\.|$)")
    from huggingface_hub.utils.tqdm import disable_progress_bars
    from transformers.utils import logging as transformers_logging

    disable_progress_bars()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
