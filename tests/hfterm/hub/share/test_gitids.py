"""The ids equal those of git itself."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hfterm.hub.share import gitids


def git(folder: Path, *args: str, data: bytes | None = None, **env: str) -> str:
    done = subprocess.run(
        ["git", *args], cwd=folder, input=data, capture_output=True, check=True, env={**os.environ, **env}
    )
    return done.stdout.decode().strip()


def test_ids_are_gits_own(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    content = b"hello\n"
    blob = git(tmp_path, "hash-object", "-w", "--stdin", data=content)
    assert gitids.blob_id(content) == blob
    hasher = gitids.blob_hash(len(content))
    hasher.update(content)
    assert hasher.hexdigest() == blob

    inner = git(tmp_path, "mktree", data=f"100644 blob {blob}\tx\n".encode())
    assert gitids.tree_id([("x", blob, False)]) == inner
    # A folder sorts as if its name ended in a slash: between "a-b" and "a0".
    rows = [("a0", blob, False), ("a", inner, True), ("a-b", blob, False), ("ü\u2028", blob, False)]
    text = "".join(f"{'040000 tree' if f else '100644 blob'} {oid}\t{n}\0" for n, oid, f in rows)
    outer = git(tmp_path, "mktree", "-z", data=text.encode())
    assert gitids.tree_id(rows) == outer

    moment = datetime(2026, 11, 23, 8, 0, 1, tzinfo=UTC)
    who = {"NAME": "ann", "EMAIL": "ann@localhost", "DATE": f"{int(moment.timestamp())} +0000"}
    env = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    first = git(tmp_path, "commit-tree", outer, data=b"one", **env)
    assert gitids.commit_id(outer, [], "ann", moment, "one") == first
    second = git(tmp_path, "commit-tree", inner, "-p", first, data=b"two\n\nlines", **env)
    assert gitids.commit_id(inner, [first], "ann", moment, "two\n\nlines") == second


@given(st.integers(0, 2**60))
def test_the_length_of_a_pointer(size: int) -> None:
    assert gitids.pointer_size(size) == len(gitids.pointer("a" * 64, size))
