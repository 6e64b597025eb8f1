"""What is built and installed: every package, nothing beside hfterm, and a bare install that works."""

import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from support.checkout import ROOT, copy

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def folders(top: str, prefix: str) -> set[str]:
    return {
        ".".join((prefix, *path.parent.relative_to(ROOT / top).parts)) for path in (ROOT / top).rglob("__init__.py")
    }


def test_the_package_list_is_complete() -> None:
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == folders("hfterm", "hfterm") | folders(
        "commands", "hfterm.commands"
    )


def test_every_module_lies_in_a_package() -> None:
    for top in ("hfterm", "commands"):
        for path in (ROOT / top).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), f"{path.parent} has no __init__.py"


def test_one_version() -> None:
    from hfterm import __version__

    assert PROJECT["project"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_every_extra_is_pinned() -> None:
    """constraints.txt pins every library that an extra names, so that CI tests what users install."""
    import re

    pinned = {
        re.split("==", line)[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    named = set(PROJECT["project"]["dependencies"])
    for rows in PROJECT["project"]["optional-dependencies"].values():
        named |= set(rows)
    names = {re.match(r"[A-Za-z0-9._-]+", row)[0].lower().replace("_", "-") for row in named}  # type: ignore[index]
    assert names - {"hfterm"} <= {name.replace("_", "-") for name in pinned}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from an sdist, as a release would be."""
    out = tmp_path_factory.mktemp("dist")
    source = copy(tmp_path_factory.mktemp("source") / "hfterm")
    done = subprocess.run(
        [sys.executable, "-m", "build", "-q", "--outdir", str(out), str(source)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_holds_hfterm_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"hfterm", f"hfterm-{PROJECT['project']['version']}.dist-info"}
    assert {"hfterm/py.typed", "hfterm/demo/facts.jsonl", "hfterm/commands/train/sft.py"} <= set(names)


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with hfterm and nothing of its extras."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(folder, with_pip=True)
    subprocess.run(
        [folder / "bin" / "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "bin"


def in_bare(bare: Path, home: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "PYTHON"))}
    env |= {
        "HFTERM_HOME": str(home / "hfterm"),
        "HF_HOME": str(home / "hf"),
        "HF_HUB_OFFLINE": "1",
        "PYTHONSAFEPATH": "1",
    }
    return subprocess.run(
        [str(bare / args[0]), *args[1:]], env=env, capture_output=True, text=True, cwd=home, timeout=120
    )


@pytest.mark.slow
def test_a_bare_install(bare: Path, tmp_path: Path) -> None:
    assert in_bare(bare, tmp_path, "hfterm", "--help").returncode == 0
    doctor = in_bare(bare, tmp_path, "hfterm", "doctor", "--offline")
    assert doctor.returncode == 0, doctor.stdout
    assert in_bare(bare, tmp_path, "hfterm", "config", "ls").returncode == 0
    assert in_bare(bare, tmp_path, "hfterm", "gpu").returncode == 0
    assert in_bare(bare, tmp_path, "hfterm", "train", "ls").returncode == 0
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    (tmp_path / "data.jsonl").write_text('{"question": "?", "answer": "!"}\n')
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text(
        '{"peft_type": "LORA", "base_model_name_or_path": "./model"}'
    )
    for empty in ("adapter/adapter_model.safetensors", "model/model.safetensors"):
        (tmp_path / empty).write_bytes((2).to_bytes(8, "little") + b"{}")
    for args, extra in (
        (("demo",), "demo"),
        (("chat", "./model", "-p", "hi"), "peft"),
        (("train", "sft", "./model", "data.jsonl"), "train"),
        (("peft", "merge", "./adapter"), "peft"),
    ):
        said = in_bare(bare, tmp_path, "hfterm", *args)
        assert said.returncode == 5, (args, said.stderr)
        assert f"pip install 'hfterm[{extra}]'" in said.stderr and said.stderr.count("\n") == 1


@pytest.mark.slow
def test_commands_is_no_top_level_package(bare: Path, tmp_path: Path) -> None:
    done = in_bare(bare, tmp_path, "python", "-c", "import commands")
    assert done.returncode == 1 and "No module named 'commands'" in done.stderr
    assert (
        in_bare(bare, tmp_path, "python", "-m", "hfterm", "--version").stdout
        == f"hfterm {PROJECT['project']['version']}\n"
    )
