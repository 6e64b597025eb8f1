"""What a file imports from its own folder."""

from pathlib import Path

from hfterm.train.local_modules import local_modules

FILES = {
    "main.py": "import json, a.b.c\nfrom a import d, NAME\nfrom broken import *\nif 0:\n    def f():\n        import late\n",
    "a/__init__.py": "NAME = 1\n",
    "a/b/c.py": "from ..d import x\nfrom . import near\nfrom ... import late\nfrom .... import up\n",
    "a/b/near.py": "import main\n",
    "a/d.py": "from .e import y\n",
    "a/e.py": "",
    "a/unused.py": "",
    "broken.py": "def (:\n",
    "late.py": "import a\n",
    "unused.py": "import a.unused\n",
    "up.py": "",
}


def test_imports_are_followed_within_the_folder(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / "inner" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "up.py").write_text("")
    inner = tmp_path / "inner"
    found = [str(path.relative_to(inner)) for path in local_modules(inner / "main.py")]
    assert sorted(found) == [
        "a/__init__.py", "a/b/c.py", "a/b/near.py", "a/d.py", "a/e.py", "broken.py", "late.py",
    ]  # fmt: skip


def test_a_file_that_is_none_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_bytes(b"\xff\x00import y\n")
    assert local_modules(tmp_path / "x.py") == [] == local_modules(tmp_path / "gone.py")
