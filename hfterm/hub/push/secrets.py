"""Files that must not become public by accident."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

# By name: https://github.com/github/gitignore and what clients of hubs and clouds keep their keys in.
NAMES = (
    *(".env", ".env.*", ".netrc", "_netrc", ".git-credentials", ".pypirc", ".npmrc", "stored_tokens", "credentials"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pem", "*.p12", "*.pfx", "*.kdbx", ".htpasswd"),
)
HARMLESS = (".env.example", ".env.sample", ".env.template")
# Tokens of the Hub, and keys in text; see the formats' own documentation.
_INSIDE = re.compile(rb"\bhf_[A-Za-z0-9]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")
# Larger files are data; a token in them is not found.
MOST_BYTES = 1 << 20


def suspect(path: Path, size: int) -> str | None:
    """Why a file may hold a secret, or None.

    Raises:
        OSError: it cannot be read.
    """
    name = path.name
    if any(fnmatchcase(name.lower(), pattern) for pattern in NAMES) and name.lower() not in HARMLESS:
        return "its name is one of a file of secrets"
    if 0 < size <= MOST_BYTES:
        data = path.read_bytes()
        if b"\0" not in data[:8192] and (found := _INSIDE.search(data)):
            return "it holds a token of the Hub" if found[0].startswith(b"hf_") else "it holds a private key"
    return None
