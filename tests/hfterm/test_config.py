"""Settings: what wins, where it came from, and what is refused."""

from pathlib import Path

import pytest

from hfterm import config, paths
from hfterm.errors import ConfigError, NotFoundError


@pytest.fixture(autouse=True)
def here(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(isolated)
    monkeypatch.setattr(config, "_loaded", None)
    monkeypatch.setattr(config, "tolerant", False)
    monkeypatch.setattr(config, "_problems", [])
    return isolated


def reread() -> None:
    config._loaded = None


def test_order(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.lookup("color") == ("color", "auto", "default", None)
    config.write("color", "never")
    reread()
    assert config.lookup("color") == ("color", "never", "user", str(paths.config_file()))
    config.write("color", "always", project=True)
    reread()
    assert config.lookup("color") == ("color", "always", "project", "hfterm.toml")
    monkeypatch.setenv("HFTERM_COLOR", "auto")
    assert config.lookup("color") == ("color", "auto", "env", "HFTERM_COLOR")


def test_options_of_commands_are_settings(here: Path) -> None:
    assert config.lookup("config.ls.format") == ("config.ls.format", None, "default", None)
    config.write("config.ls.everything", "yes")
    config.write("Config.LS.format", "csv", project=True)
    reread()
    assert config.command_defaults() == {"config": {"ls": {"everything": True, "format": "csv"}}}
    assert [row.key for row in config.all_values()][-2:] == ["config.ls.everything", "config.ls.format"]


def test_writing_keeps_comments_and_clears(here: Path) -> None:
    path = paths.config_file()
    path.parent.mkdir(parents=True)
    path.write_text('# mine\ncolor = "never" # why\n\n[config.ls]\nformat = "csv"\n')
    config.write("color", "always")
    config.write("config.ls.format", None)
    config.write("gpu.interval", "2")
    text = path.read_text()
    assert "# mine" in text and 'color = "always" # why' in text and "csv" not in text
    reread()
    assert config.value("gpu.interval") == 2.0


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("color", "blue", "color must be one of auto, always, never, not 'blue'"),
        ("gpu.interval", "soon", "gpu.interval must be a number, not 'soon'"),
        ("config.ls.everything", "maybe", "must be true or false"),
    ],
)
def test_values_that_do_not_fit(key: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config.write(key, value)
    assert not paths.config_file().exists()


def test_unknown_keys() -> None:
    with pytest.raises(NotFoundError, match=r"no such setting 'colour'; did you mean color\?"):
        config.lookup("colour")
    with pytest.raises(NotFoundError, match="HF_TOKEN"):
        config.write("token", "hf_secret")


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HFTERM_GPU_INTERVAL", "x")
    with pytest.raises(ConfigError, match=r"\$HFTERM_GPU_INTERVAL: gpu.interval must be a number"):
        config.value("gpu.interval")


@pytest.mark.parametrize("content", [b"color = ", b"\xff\xfe", b"[" * 5000, b"a = 1\na = 2\n"])
def test_a_broken_file(here: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("hfterm.toml").write_bytes(content)
    with pytest.raises(ConfigError, match="hfterm config edit"):
        config.value("color")
    monkeypatch.setattr(config, "tolerant", True)
    reread()
    assert config.value("color") == "auto"
    assert len(config.problems()) == 1 and config.problems() == []


def test_a_typo_in_a_file_is_said_and_passed_over(here: Path) -> None:
    Path("hfterm.toml").write_text('colour = "never"\n[train.sft]\nlearning-rat = 1\n')
    assert config.value("color") == "auto"
    said = config.problems()
    assert len(said) == 2 and "colour" in said[0] and "learning_rat" in said[1]
