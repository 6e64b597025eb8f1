"""Tokens: kept in the Hub client's own store, so that every program that uses it is logged in too.

``HF_TOKEN_PATH`` (``HF_HOME/token``) holds the token in use; ``stored_tokens`` beside it all of them, an INI file
with a section a token: ``hf_token``, and of a login by browser ``refresh_token`` and ``expires_at``. ``HF_TOKEN`` in
the environment wins over both. No function here puts a token into a text.
"""

import configparser
import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from typing import Any

from hfterm.errors import AccessError, ConfigError, NotFoundError, UsageError
from hfterm.hub.client import api, asking, endpoint, offline
from hfterm.paths import hf_home_name

_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
MOST_CHARACTERS = 10_000


def token_file() -> str:
    """The file of the token in use, as the client finds it."""
    given = os.environ.get("HF_TOKEN_PATH")
    return os.path.expanduser(os.path.expandvars(given)) if given else os.path.join(hf_home_name(), "token")


def store_file() -> str:
    """The file of all tokens."""
    return os.path.join(os.path.dirname(token_file()), "stored_tokens")


def _clean(text: str | None) -> str | None:
    return (text or "").replace("\r", "").replace("\n", "").strip() or None


def from_environment() -> tuple[str, str] | None:
    """The variable that holds a token, and the token."""
    for name in _VARIABLES:
        if token := _clean(os.environ.get(name)):
            return name, token
    return None


def _in_file() -> str | None:
    try:
        with open(token_file(), encoding="utf-8") as stream:
            return _clean(stream.read(MOST_CHARACTERS))
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def current() -> tuple[str, str] | None:
    """The token in use and where it is from: a variable's name, or the file's path; None when not logged in."""
    if (found := from_environment()) is not None:
        return found[1], found[0]
    token = _in_file()
    return (token, token_file()) if token else None


def stored() -> dict[str, dict[str, str]]:
    """The kept tokens by name, with what is kept of each.

    Raises:
        ConfigError: the file cannot be read as the client writes it.
    """
    config = configparser.ConfigParser(interpolation=None)
    try:
        with open(store_file(), encoding="utf-8") as stream:
            config.read_file(stream)
    except FileNotFoundError:
        return {}
    except (configparser.Error, UnicodeDecodeError):
        # The parser's own words would show the line, and that may be a token.
        raise ConfigError(f"{store_file()!r} is damaged", "remove it and log in again: hfterm hub login") from None
    return {name: dict(config.items(name)) for name in config.sections()}


def _write(path: str, text: str) -> None:
    """Replace a file that only its owner may read."""
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    target = os.path.realpath(path)
    fd, waiting = tempfile.mkstemp(prefix=".token-", dir=os.path.dirname(target))  # mode 600
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(waiting, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(waiting)
        raise


def _keep(tokens: dict[str, dict[str, str]]) -> None:
    config = configparser.ConfigParser(interpolation=None)
    for name in sorted(tokens):
        config[name] = tokens[name]
    text = io.StringIO()
    config.write(text)
    _write(store_file(), text.getvalue())


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """The client's own lock on the store, so that two changes do not lose one."""
    os.makedirs(os.path.dirname(store_file()), mode=0o700, exist_ok=True)
    fd = os.open(f"{store_file()}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def checked(text: str) -> str:
    """A token as it was typed or piped in, cleaned.

    Raises:
        UsageError: it cannot be one; the text is never repeated.
    """
    token = text.strip()
    if not token:
        raise UsageError("no token given", "pipe it in, or paste it at the prompt: hfterm hub login")
    if len(token.split()) > 1:
        raise UsageError("that is more than one word, not a token", "a token is one word that begins with hf_")
    if not token.isascii() or not token.isprintable() or len(token) > MOST_CHARACTERS:
        raise UsageError("that is not a token: it holds characters that none has, or is too long")
    if token.startswith("api_org"):
        raise UsageError("that is an organisation's token; the Hub wants a user's own")
    return token


def login(text: str, *, name: str | None = None, check: bool = True) -> dict[str, Any]:
    """Keep a token and use it from now on; ``check`` asks the Hub whether it is valid, and what it is called.

    Raises:
        UsageError: it is no token, or has no name. AccessError: the Hub does not know it. NetworkError.
    """
    token = checked(text)
    who: dict[str, Any] = {}
    if check:
        if offline():
            raise UsageError("HF_HUB_OFFLINE is set: the token cannot be checked", "add --no-check, or unset it")
        try:
            who = _who(token)
        except AccessError as exc:
            hint = f"make one at {endpoint()}/settings/tokens"
            raise AccessError("the Hub does not take this token: nothing was kept", hint) from exc
    called = name or who.get("token") or (f"oauth-{who['name']}" if who.get("name") else "token")
    called = _section(str(called))
    with _locked():
        try:
            tokens = stored()
        except ConfigError:
            tokens = {}  # as the client does: a new login replaces what cannot be read
        tokens[called] = {"hf_token": token}
        _keep(tokens)
        _write(token_file(), token)
    return {"token": called, "user": who.get("name"), "role": who.get("role"), "checked": check, "path": token_file()}


def _section(name: str) -> str:
    """A name as the store can keep it: INI has no section DEFAULT, and none with brackets or control characters."""
    kept = "".join(c for c in name if c.isprintable() and c not in "[]").strip()
    return kept if kept and kept != configparser.DEFAULTSECT else "token"


def logout(name: str | None = None, *, everything: bool = False) -> list[str]:
    """Forget a token (default: the one in use), or all; the names of those forgotten.

    Raises:
        NotFoundError: there is none of that name. AccessError: not logged in.
    """
    with _locked():
        tokens, used = stored() if not everything else _stored_or_none(), _in_file()
        if everything:
            gone = sorted(tokens) or (["(the token in use)"] if used else [])
            for path in (store_file(), token_file()):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            return gone
        if name is None and not used:
            raise AccessError("not logged in", "log in: hfterm hub login")
        if name is not None and name not in tokens:
            raise _unknown(name, tokens)
        names = [name] if name is not None else [n for n, row in tokens.items() if row.get("hf_token") == used]
        values = {tokens[n].get("hf_token") for n in names} | ({used} if name is None else set())
        _keep({n: row for n, row in tokens.items() if n not in names})
        if used in values:
            os.unlink(token_file())
    return [n for n in names if n] or ["(the token in use)"]


def _stored_or_none() -> dict[str, dict[str, str]]:
    try:
        return stored()
    except ConfigError:
        return {}


def use(name: str) -> None:
    """Use a kept token from now on.

    Raises:
        NotFoundError: there is none of that name.
    """
    with _locked():
        tokens = stored()
        token = _clean(tokens.get(name, {}).get("hf_token"))
        if token is None:
            raise _unknown(name, tokens)
        _write(token_file(), token)


def secret(name: str | None = None) -> str:
    """A token itself: the kept one of that name, else the one in use.

    Raises:
        NotFoundError, AccessError.
    """
    if name is not None:
        tokens = stored()
        token = _clean(tokens.get(name, {}).get("hf_token"))
        if token is None:
            raise _unknown(name, tokens)
        return token
    if (found := current()) is None:
        raise AccessError("not logged in", "log in: hfterm hub login")
    return found[0]


def tokens() -> Iterator[dict[str, Any]]:
    """The kept tokens, and the one in use wherever it is from: name, whether used, masked, from, expiry."""
    from hfterm.hub.cache.rows import moment

    used, known = current(), stored()
    if used is not None and not any(row.get("hf_token") == used[0] for row in known.values()):
        yield {"name": None, "used": True, "token": masked(used[0]), "from": used[1], "expires": None}
    for name, row in known.items():
        token = row.get("hf_token", "")
        expires = row.get("expires_at", "")
        yield {
            "name": name, "used": used is not None and used[0] == token, "token": masked(token),
            "from": used[1] if used is not None and used[0] == token else store_file(),
            "expires": moment(float(expires)) if expires.isdecimal() else None,
        }  # fmt: skip


def masked(token: str) -> str:
    """What may be shown of a token: how it begins and its last four characters, of long ones only."""
    return f"{token[:3]}****{token[-4:]}" if len(token) >= 16 else "****"


def whoami() -> dict[str, Any]:
    """Who the token in use belongs to, and what it may do; offline what the store tells.

    Raises:
        AccessError: not logged in, or the Hub does not know the token. NetworkError.
    """
    if (found := current()) is None:
        raise AccessError("not logged in", "log in: hfterm hub login")
    token, source = found
    names = [name for name, row in _stored_or_none().items() if row.get("hf_token") == token]
    if offline():
        return {"name": None, "token": names[0] if names else None, "from": source, "offline": True}
    who = _who(token)
    return who | {"token": who["token"] or (names[0] if names else None), "from": source, "endpoint": endpoint()}


def _who(token: str) -> dict[str, Any]:
    """What the Hub tells of a token."""
    with asking():
        said = api().whoami(token=token)
    access = (said.get("auth") or {}).get("accessToken") or {}
    return {
        "name": said.get("name"), "fullname": said.get("fullname"), "type": said.get("type"),
        "orgs": [org.get("name") for org in said.get("orgs") or [] if isinstance(org, dict)],
        "token": access.get("displayName"), "role": access.get("role"),
    }  # fmt: skip


def _unknown(name: str, known: dict[str, Any]) -> NotFoundError:
    import difflib

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    shown = name if len(name) < 30 and not name.startswith("hf_") else "that name"  # a token passed by mistake
    hint = f"did you mean {near[0]!r}?" if near else "see: hfterm hub token"
    return NotFoundError(f"no kept token called {shown!r}", hint)
