"""A copy of a tokenizer with more tokens."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.files import atomic_dir, require_free
from hfterm.tok import special
from hfterm.tok.tokenizer import Tokenizer

# What goes with a tokenizer.json into the copy; the model's own files stay where they are.
FILES = ("tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "added_tokens.json")


@dataclass(frozen=True)
class Added:
    """What became of the tokens: those that are new, those that were there, and how many there are in all."""

    path: Path
    new: tuple[str, ...]
    known: tuple[str, ...]
    vocabulary: int

    def facts(self) -> dict[str, Any]:
        """All but the path."""
        return {name: value for name, value in asdict(self).items() if name != "path"}


def add(
    tokenizer: Tokenizer,
    tokens: Sequence[str],
    output: str,
    *,
    special_tokens: Sequence[str] = (),
    overwrite: bool = False,
) -> Added:
    """Write a copy of the tokenizer in which each of ``tokens`` is found whole in a text, and is one id.

    ``special_tokens`` are left out of decoded texts, and may have roles (see :func:`hfterm.tok.special.parse`): a
    role that another token had goes to the new one. New ids follow the largest one.

    Raises:
        UsageError: no token is given, an empty one, one twice; or the folder is in the way.
    """
    named, roles = special.parse(special_tokens)
    # Only a role that the user wrote moves: that a new <s> could be bos is a guess.
    roles = {role: t for role, t in roles.items() if role not in tokenizer.special or _written(t, special_tokens)}
    _check(tokens, named)
    require_free(output, overwrite=overwrite)
    from tokenizers import AddedToken
    from tokenizers import Tokenizer as Raw

    file = tokenizer.path / "tokenizer.json"
    # As it is in the file: a loaded one has lost its padding and truncation.
    raw = Raw.from_file(str(file)) if file.is_file() else Raw.from_str(tokenizer.raw.to_str())
    before = raw.get_vocab()
    raw.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in named])
    # A plain token that is there stays the model's own: added, it would break up the words around it.
    raw.add_tokens([AddedToken(token, normalized=True) for token in tokens if token not in before])
    after = raw.get_vocab()
    if missing := next((token for token in (*named, *tokens) if token not in after), None):
        raise HftermError(f"the tokenizer does not take the token {missing!r}")
    with atomic_dir(output, overwrite=overwrite) as folder:
        for name in FILES:
            if (tokenizer.path / name).is_file():
                shutil.copyfile(tokenizer.path / name, folder / name)
        raw.save(str(folder / "tokenizer.json"))
        _configure(folder, tokenizer, raw, roles, [t for t in named if t not in roles.values()], tokens)
    known = tuple(token for token in (*named, *tokens) if token in before)
    new = tuple(token for token in (*named, *tokens) if token not in before)
    return Added(Path(output), new, known, raw.get_vocab_size())


def _written(token: str, given: Sequence[str]) -> bool:
    return any(part.strip().endswith(f"={token}") for text in given for part in text.split(","))


def _check(tokens: Sequence[str], named: Sequence[str]) -> None:
    everything = [*tokens, *named]
    if not everything:
        raise UsageError("no token to add", "name tokens, or add --special TOKENS")
    if "" in everything:
        raise UsageError("an empty text is no token")
    if twice := next((token for token in everything if everything.count(token) > 1), None):
        raise UsageError(f"the token {twice!r} is named twice")


def _configure(
    folder: Path, tokenizer: Tokenizer, raw: Any, roles: dict[str, str], extra: list[str], plain: Sequence[str]
) -> None:
    """Tell transformers of the tokens, where the configuration lists them at all."""
    old = tokenizer.config()
    # Version 4 kept them as additional_special_tokens, and some in a table by name.
    for name in ("extra_special_tokens", "additional_special_tokens"):
        listed = old.get(name)
        if isinstance(listed, dict):
            old[name] = {**listed, **{token: token for token in extra}}
            extra = []
        elif isinstance(listed, list):
            old[name] = [*listed, *(token for token in extra if token not in listed)]
            extra = []
    if isinstance(table := old.get("added_tokens_decoder"), dict):
        decoder = raw.get_added_tokens_decoder()
        for number, token in decoder.items():
            if token.content in (*roles.values(), *plain) or str(number) not in table:
                flags = ("content", "lstrip", "normalized", "rstrip", "single_word", "special")
                table[str(number)] = {flag: getattr(token, flag) for flag in flags}
    special.write_config(folder, roles, extra, old=old)
    (folder / "special_tokens_map.json").unlink(missing_ok=True)  # the configuration holds the roles
