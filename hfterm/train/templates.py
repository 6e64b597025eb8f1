"""Chat templates by name: those that TRL ships, ChatML, a file's, or none."""

import difflib
import importlib.util
import re
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.output import Output
from hfterm.tok.template import compiled

NONE = "none"
# https://github.com/openai/openai-python/blob/release-v0.28.0/chatml.md
CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# Short names of those that are meant most.
ALIASES = {"qwen": "qwen2_5", "llama": "llama3", "phi": "phi3", "deepseek": "deepseekv3"}
# Words of a template that stand for one token each.
_MARK = re.compile(r"<[|\uff5c][^<>|\uff5c\s]+[|\uff5c]>|<(?:start|end)_of_turn>")


def names() -> list[str]:
    """The names of all templates."""
    return sorted({"chatml", *ALIASES, *_shipped()})


def _shipped() -> dict[str, Path]:
    """TRL's templates, found without importing it; those for training are known by the names of the others."""
    spec = importlib.util.find_spec("trl")
    folders = (spec.submodule_search_locations if spec else None) or []
    return {file.stem: file for folder in folders for file in Path(folder, "chat_templates").glob("*.jinja")}


def find(word: str) -> str | None:
    """The template that a word means: a name, a file, or the text of one; None for ``none``.

    Raises:
        UsageError: there is none of that name; the nearest is named. NotFoundError: no such file.
        HftermError: it cannot be read, or is broken.
    """
    if word == NONE:
        return None
    shipped = _shipped()
    if word == "chatml":
        return CHATML
    if "{%" in word or "{{" in word:
        text = word
    elif (file := shipped.get(ALIASES.get(word, word))) is not None:
        return file.read_text("utf-8")
    else:
        path = Path(word).expanduser()
        if not path.is_file():
            if "/" in word or path.suffix:
                raise NotFoundError(f"no such chat template: {word!r}", "name a file, or a template such as chatml")
            near = difflib.get_close_matches(word, names(), n=2)
            some = "chatml, llama3, qwen2_5, gemma, ..., a file, or none"
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"choose {some}"
            raise UsageError(f"no chat template is called {word!r}", hint)
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError as exc:
            raise HftermError(f"cannot read {word!r}: it is not UTF-8") from exc
    check(text, word)
    return text


def check(text: str, name: str) -> None:
    """Refuse what is no template.

    Raises:
        HftermError: it is empty, or jinja cannot read it.
    """
    import jinja2

    shown = name if "{" not in name else "the recipe's own"
    if not text.strip():
        raise HftermError(f"the chat template {shown!r} is empty", "to use none, say none")
    try:
        compiled(text)
    except jinja2.TemplateSyntaxError as exc:
        raise HftermError(f"the chat template {shown!r} is broken: {exc.message} (line {exc.lineno})") from exc


def put(tokenizer: Any, word: str | None, out: Output) -> Any:
    """The tokenizer with the template that a recipe asks for, which is saved with it; warns of marks it has not.

    Raises:
        As :func:`find`.
    """
    if word is None:
        return tokenizer
    text = tokenizer.chat_template = find(word)
    missing = [mark for mark in dict.fromkeys(_MARK.findall(text or "")) if mark not in tokenizer.get_vocab()]
    if missing:
        out.warn(
            f"the tokenizer has no token {', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}: the chat "
            "template's marks are written in pieces; 'hfterm tok add' adds tokens to a copy"
        )
    return tokenizer
