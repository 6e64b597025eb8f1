"""Sentences by NLTK's Punkt, with the parameters of a language, or learnt from the texts themselves.

Kiss and Strunk (2006), "Unsupervised Multilingual Sentence Boundary Detection". The parameters of languages are NLTK's
data package ``punkt_tab``, plain tables of text; the older ``punkt`` was pickled and is not read.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from hfterm import extras
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.tok.sentences import Splitter, trimmed

INSTALL = "python -m nltk.downloader punkt_tab"


def of_language(language: str) -> Splitter:
    """The splitter for a language, with its parameters from NLTK's folders (``NLTK_DATA`` names another).

    Raises:
        NotFoundError: there are none. UsageError: that is no name of a language.
        MissingExtraError: NLTK is not installed.
    """
    punkt = _nltk()
    import nltk

    # NLTK read the variable when it was imported, which need not have been by us.
    named = [folder for folder in os.environ.get("NLTK_DATA", "").split(os.pathsep) if folder]
    nltk.data.path[:] = list(dict.fromkeys((*named, *nltk.data.path)))
    try:
        return _splitter(punkt.PunktTokenizer(language))
    except ValueError as exc:
        raise UsageError(f"{language!r} is no language of Punkt", "write it in English: english, german") from exc
    except LookupError as exc:
        raise NotFoundError(
            f"NLTK has no Punkt data for {language!r} here",
            f"get it with: {INSTALL}; or set NLTK_DATA to a folder with tokenizers/punkt_tab/{language}; "
            "or take --splitter learn, which needs none",
        ) from exc


def learnt(texts: Iterable[str]) -> Splitter:
    """The splitter that knows the short forms and first words of these texts; better the more there are.

    Raises:
        HftermError: there is no text. MissingExtraError: NLTK is not installed.
    """
    punkt = _nltk()
    trainer = punkt.PunktTrainer()
    some = False
    for text in texts:
        if text.strip():
            some = True
            trainer.train(text, finalize=False)
    if not some:
        raise HftermError("no text in the input: there is nothing to learn sentences from")
    trainer.finalize_training()
    return _splitter(punkt.PunktSentenceTokenizer(trainer.get_params()))


def _nltk() -> Any:
    return extras.require("nltk.tokenize.punkt", "tok")


def _splitter(tokenizer: Any) -> Splitter:
    def spans(text: str) -> Iterator[tuple[int, int]]:
        for begin, end in tokenizer.span_tokenize(text):
            yield from trimmed(text, begin, end)

    return spans
