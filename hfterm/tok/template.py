"""Chat templates, rendered as transformers renders them, with jinja2's sandbox alone.

What a template may see and call is fixed by
https://huggingface.co/docs/transformers/chat_templating_writing: the messages, tools, special tokens,
``raise_exception``, ``strftime_now``, a ``tojson`` that escapes no HTML, loop controls, and the
``{% generation %}`` block, which marks the assistant's words and renders as its contents.
"""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from hfterm.errors import HftermError, one_line

REASONING = ("reasoning_content", "thinking", "reasoning")


def render(
    template: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    add_generation_prompt: bool = False,
    tools: Sequence[Mapping[str, Any]] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> str:
    """The text of a conversation. ``variables`` are the special tokens by name (``eos_token`` ...) and the like.

    Raises:
        HftermError: the template is broken, or refuses the conversation.
    """
    import jinja2

    try:
        text: str = compiled(template).render(
            messages=[_message(m) for m in messages],
            tools=_plain(tools),
            documents=None,
            add_generation_prompt=add_generation_prompt,
            **_plain(dict(variables or {})),
        )
        return text
    except jinja2.TemplateSyntaxError as exc:
        raise HftermError(f"the chat template is broken: {one_line(exc.message)} (line {exc.lineno})") from exc
    except jinja2.TemplateError as exc:
        raise HftermError(f"the chat template refuses the conversation: {one_line(exc.message or exc)}") from exc
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, ZeroDivisionError, RecursionError) as exc:
        raise HftermError(f"the chat template fails on the conversation: {one_line(exc)}") from exc


@functools.lru_cache(maxsize=16)
def compiled(template: str) -> Any:
    """The compiled template; compiling costs milliseconds, so it is kept."""
    return _environment().from_string(template)


@functools.cache
def _environment() -> Any:
    import jinja2.ext
    from jinja2 import nodes
    from jinja2.exceptions import SecurityError, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from jinja2.utils import Namespace

    class Generation(jinja2.ext.Extension):
        tags = {"generation"}  # noqa: RUF012 (jinja2's own protocol)

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            # A call block, not bare nodes: variables set inside must stay inside, as in transformers.
            return nodes.CallBlock(self.call_method("_inside"), [], [], body).set_lineno(line)

        def _inside(self, caller: Callable[[], str]) -> str:
            return caller()

    class SafeNamespace(Namespace):
        """A namespace in which no underscored name can be planted."""

        def __init__(*args: Any, **kwargs: Any) -> None:  # namespace(self=1) must work
            for name in dict(*args[1:], **kwargs):
                _check(name)
            Namespace.__init__(*args, **kwargs)

        def __setitem__(self, name: str, value: Any) -> None:
            _check(name)
            super().__setitem__(name, value)

    def _check(name: Any) -> None:
        if isinstance(name, str) and name.startswith("_"):
            raise SecurityError(f"a chat template may not set {name!r} on a namespace")

    def refuse(message: str) -> None:
        raise TemplateError(message)

    def tojson(
        value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
    ) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = refuse
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    environment.globals["dict"] = _Dict()
    environment.globals["namespace"] = SafeNamespace
    return environment


class _Dict:
    """``dict`` as templates call it, without the type's own attributes in reach."""

    def __call__(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(*args, **kwargs)

    def fromkeys(self, *args: Any) -> dict[Any, Any]:
        return dict.fromkeys(*args)


def _message(message: Mapping[str, Any]) -> Any:
    """A plain copy; what the model thought goes by several names, and templates read one or the other."""
    plain = _plain(message)
    thought = next((plain[key] for key in REASONING if plain.get(key) is not None), None)
    return plain if thought is None else {"thinking": thought, **plain, "reasoning_content": thought}


def _plain(value: Any) -> Any:
    """Rebuilt from JSON's types only: no other object's methods must come within a template's reach."""
    if isinstance(value, Mapping):
        return {_plain(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    for kind in (str, bool, int, float):
        if isinstance(value, kind):
            return value if type(value) is kind else kind(value)
    return None if value is None else f"<{type(value).__name__}>"
