"""Tokenizers trained on a few lines, and the example of the tokenizers' quick tour."""

from pathlib import Path
from typing import Any

from support.tiny import FACTS, WORDS

GREETING = "Hello, y'all! How are you 😁 ?"
GREETING_TOKENS = ["Hello", ",", "y", "'", "all", "!", "How", "are", "you", "[UNK]", "?"]
_LINES = ("Hello, y'all! How are you ?", "How are you all, Hello ?", "you are all! How y'all Hello")


def greeting_files(folder: Path) -> list[str]:
    """Three text files whose words are those of the greeting."""
    files = [folder / f"greeting-{number}.txt" for number in range(3)]
    for number, file in enumerate(files):
        file.write_text(f"{_LINES[number]}\n{_LINES[number - 1]}\n")
    return [str(file) for file in files]


def trained(folder: Path, kind: str = "bytebpe", **how: Any) -> Path:
    """A tokenizer of a kind, trained on the tiny model's facts, at ``folder``; returns it."""
    from hfterm.tok.train import train

    source = folder.parent / f"{folder.name}.txt"
    source.write_text("\n".join([WORDS, *(f"{q} {a}" for q, a in FACTS)]) + "\n")
    train(kind, [str(source)], str(folder), **how)
    return folder
