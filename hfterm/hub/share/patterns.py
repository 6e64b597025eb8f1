"""Patterns of ``.gitignore`` and ``.gitattributes`` files, as git reads them."""

import re
from collections.abc import Iterable


def _regex(pattern: str) -> re.Pattern[str]:
    """A pattern as an expression over whole paths (gitignore(5): ``*``, ``?``, ``[]``, ``**``, anchoring)."""
    anchored = "/" in pattern.rstrip("/")
    pattern = pattern.strip("/")
    out, i = [], 0
    while i < len(pattern):
        char = pattern[i]
        if pattern.startswith("**/", i):
            out.append("(?:.*/)?")
            i += 3
            continue
        if pattern.startswith("**", i):
            out.append(".*")
            i += 2
            continue
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[" and (end := pattern.find("]", i + 2)) > 0:
            inner = pattern[i + 1 : end].replace("\\", "\\\\")
            out.append(f"[{'^' + inner[1:] if inner[0] == '!' else inner}]")
            i = end
        elif char == "\\" and i + 1 < len(pattern):
            i += 1
            out.append(re.escape(pattern[i]))
        else:
            out.append(re.escape(char))
        i += 1
    return re.compile(("" if anchored else "(?:.*/)?") + "".join(out), re.DOTALL)


class Ignore:
    """What a ``.gitignore`` in the root leaves out."""

    def __init__(self, text: str) -> None:
        self._rules: list[tuple[bool, bool, re.Pattern[str]]] = []
        for line in text.splitlines():
            line = line.rstrip() if not line.endswith("\\ ") else line
            if not line or line.startswith("#"):
                continue
            keep = line.startswith("!")
            line = line[1:] if keep else line.removeprefix("\\")
            if line.strip("/"):
                try:
                    self._rules.append((keep, line.endswith("/"), _regex(line)))
                except re.error:
                    continue

    def __call__(self, path: str) -> bool:
        """Whether a file is left out: itself, or a folder above it."""
        parts = path.split("/")
        return any(self._one("/".join(parts[:n]), n < len(parts)) for n in range(1, len(parts) + 1))

    def _one(self, path: str, folder: bool) -> bool:
        left_out = False
        for keep, only_folders, regex in self._rules:
            if (folder or not only_folders) and regex.fullmatch(path):
                left_out = not keep
        return left_out


class Large:
    """Which files a ``.gitattributes`` in the root puts into the large file storage."""

    def __init__(self, text: str) -> None:
        self._rules: list[tuple[bool, re.Pattern[str]]] = []
        for line in text.splitlines():
            words = line.split()
            if len(words) < 2 or line.lstrip().startswith("#"):
                continue
            verdicts: Iterable[bool] = (w == "filter=lfs" for w in words[1:] if w.lstrip("-!").startswith("filter"))
            for verdict in verdicts:
                try:
                    self._rules.append((verdict, _regex(words[0].strip('"'))))
                except re.error:
                    continue

    def __call__(self, path: str) -> bool:
        """Whether a file is one for the large file storage."""
        verdict = False
        for large, regex in self._rules:
            if regex.fullmatch(path):
                verdict = large
        return verdict
