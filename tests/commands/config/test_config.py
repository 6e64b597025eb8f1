"""hfterm config as a user calls it."""

import json
import sys
from pathlib import Path

import pexpect
import pytest

from support.cli import HFTERM, Hfterm


def test_a_setting_from_set_to_use(hfterm: Hfterm) -> None:
    assert hfterm("config", "get", "format", check=0).stdout == "\n"
    path = hfterm("config", "set", "format", "csv", check=0).stdout.strip()
    assert path == hfterm("config", "path", check=0).stdout.strip() == str(hfterm.home / "hfterm" / "config.toml")
    assert hfterm("config", "ls").lines[0] == "key,value,origin,help,where"
    assert hfterm("config", "ls", env={"HFTERM_FORMAT": "quiet"}).lines[:2] == ["format", "color"]
    rows = json.loads(hfterm("config", "ls", "-f", "json").stdout)
    assert rows[0]["value"] == "csv" and rows[0]["origin"] == "user"
    hfterm("config", "set", "format", "--unset", check=0)
    assert hfterm("config", "get", "format", check=0).stdout == "\n"


def test_a_setting_is_the_default_of_an_option(hfterm: Hfterm, tmp_path: Path) -> None:
    (tmp_path / "hfterm.toml").write_text("[config.ls]\nall = true\n")
    few = hfterm("config", "ls")
    assert "no such setting 'config.ls.all'; did you mean" in hfterm("config", "ls", cwd=tmp_path).stderr
    (tmp_path / "hfterm.toml").write_text("[config.ls]\neverything = true\n")
    many = hfterm("config", "ls", cwd=tmp_path, check=0)
    assert len(many.lines) > len(few.lines) + 20
    assert len(hfterm("config", "ls", env={"HFTERM_CONFIG_LS_EVERYTHING": "1"}).lines) == len(many.lines) - 1 + 1


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("get", "nope"), 3, "no such setting 'nope'"),
        (("set", "color"), 2, "give a value or --unset"),
        (("set", "color", "x", "--unset"), 2, "exclude each other"),
        (("set", "color", "x"), 2, "color must be one of auto, always, never"),
        (("set", "token", "hf_abcdefghijk"), 3, "HF_TOKEN"),
        (("edit",), 2, "an editor needs a terminal"),
        (("get",), 2, "missing argument 'KEY'"),
        (("lz",), 2, "did you mean 'ls'"),
    ],
)
def test_mistakes(hfterm: Hfterm, args: tuple[str, ...], code: int, message: str) -> None:
    result = hfterm("config", *args)
    assert (result.code, result.stdout) == (code, "")
    assert message in result.stderr and result.stderr.count("\n") == 1
    assert "hf_abc" not in result.stderr


def test_a_broken_file_stops_commands_but_not_config(hfterm: Hfterm, tmp_path: Path) -> None:
    (tmp_path / "hfterm.toml").write_text("color = \n")
    stopped = hfterm("gpu", cwd=tmp_path)
    assert stopped.code == 2 and stopped.stderr.startswith("hfterm: cannot read hfterm.toml: not TOML")
    assert hfterm("config", "path", cwd=tmp_path).code == 0
    assert "hfterm: warning: cannot read hfterm.toml" in hfterm("config", "ls", cwd=tmp_path).stderr


def test_an_unwritable_settings_file(hfterm: Hfterm, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = hfterm("config", "set", "color", "never", env={"HFTERM_HOME": str(tmp_path / "file" / "x")})
    assert result.code == 1 and result.stderr.startswith("hfterm: not a directory")


def test_edit_opens_the_editor_and_checks_what_was_saved(hfterm: Hfterm, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        f"#!{sys.executable}\nimport sys; open(sys.argv[-1], 'a').write('color = \"%s\"\\n' % sys.argv[1])\n"
    )
    editor.chmod(0o755)
    for value, code in (("never", 0), ("blue", 2)):
        child = pexpect.spawn(
            HFTERM,
            ["config", "edit"],
            env={**hfterm.env(), "EDITOR": f"{editor} {value}"},
            timeout=30,
            encoding="utf-8",
        )
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == code, child.before
        (hfterm.home / "hfterm" / "config.toml").unlink()
    assert "color must be one of" in (child.before or "")
