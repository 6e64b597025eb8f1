import json
import os
import stat
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from hfterm.errors import MissingExtraError, UsageError
from hfterm.train import schema
from hfterm.train.schema import stored
from hfterm.train.schema.ours import OURS


def test_what_is_read_is_of_the_installed_libraries(known: Path) -> None:
    fields = schema.arguments("trl.SFTConfig")
    assert fields["packing"].origin == "trl.SFTConfig" and fields["packing"].default is False
    assert fields["optim"].origin == "transformers.TrainingArguments" and "adamw_torch" in fields["optim"].choices
    assert fields["max_grad_norm"].kinds == ("float",) and fields["max_grad_norm"].help
    assert schema.peft("dora")["use_dora"].default is True and schema.peft("lora")["r"].default == 16
    with pytest.raises(UsageError, match="did you mean"):
        schema.peft("loraa")


def test_settings_are_checked_without_the_libraries(known: Path) -> None:
    name = "transformers.TrainingArguments"
    assert schema.check(name, {}) == {}
    assert schema.check(name, {"label_names": "labels", "adam_beta2": "0.9"}, ours=OURS) == {
        "label_names": ["labels"], "adam_beta2": 0.9,
    }  # fmt: skip
    for settings, words in (
        ({"max_grad_nrm": 1}, "--set max_grad_nrm: TrainingArguments has no such field; did you mean 'max_grad_norm'"),
        ({"max_grad_norm": "abc"}, "max_grad_norm=abc: not a number"),
        ({"dataloader_num_workers": 1.5}, "not a whole number"),
        ({"optim": "adamwtorch"}, "did you mean 'adamw_torch'"),
        ({"learning_rate": 1}, "it has an option of its own; use --learning-rate"),
        ({"output_dir": "x"}, "hfterm decides it; use --name"),
    ):
        with pytest.raises(UsageError, match=words):
            schema.check(name, settings, own=("learning_rate",), ours=OURS)


def test_a_damaged_or_unreadable_cache_is_made_again(
    known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = known.read_text()
    digest, _, text = whole.partition("\n")
    made: list[str] = []
    monkeypatch.setattr(stored, "_made", lambda: made.append("") or json.loads(text))
    for damage in (whole[:-10], whole.replace("SFTConfig", "SFTConfix", 1), "", "{}", f"{digest}\n"):
        known.write_text(damage)
        monkeypatch.setattr(stored, "_loaded", {})
        said: list[str] = []
        assert stored.load(said.append)["classes"]
        assert known.read_text() == whole and "transformers" in said[0]
    assert len(made) == 5
    monkeypatch.setattr(stored, "_loaded", {})
    stored.load(made.append)
    assert len(made) == 5  # now it was whole
    # Nothing can be kept: it is read each time.
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("HFTERM_HOME", str(blocked))
    monkeypatch.setattr(stored, "_loaded", {})
    assert stored.load()["classes"] and len(made) == 6


def test_other_versions_have_a_file_of_their_own(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stored.key()
    real = stored.versions()
    monkeypatch.setattr(stored, "versions", lambda: {**real, "trl": "99"})
    assert stored.key() != here and not stored.ready()


def test_old_files_go(known: Path) -> None:
    for number in range(10):
        old = known.with_name(f"old{number}.json")
        old.write_text("x")
        os.utime(old, (number, number))
    stored._prune(known)
    kept = {path.name for path in known.parent.glob("*.json")}
    assert len(kept) == stored.KEEP and known.name in kept and "old9.json" in kept and "old0.json" not in kept


def test_two_at_once_read_the_libraries_once(isolated: Path, known: Path) -> None:
    text = known.read_text().partition("\n")[2]
    known.unlink()
    (isolated / "text").write_text(text)
    script = (
        "import json, pathlib, sys\nfrom hfterm.train.schema import stored\n"
        "def made():\n    with open('count', 'a') as stream: stream.write('x')\n    return json.loads(pathlib.Path('text').read_text())\n"
        "stored._made = made\nassert stored.load()['classes']\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-P", "-c", script], cwd=isolated, env=dict(os.environ)) for _ in range(4)
    ]
    assert [child.wait() for child in children] == [0] * 4
    assert (isolated / "count").read_text() == "x"
    assert stat.S_IMODE(known.stat().st_mode) & 0o444


def test_a_missing_library_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.distribution

    def without(name: str) -> metadata.Distribution:
        if name == "transformers":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "distribution", without)
    with pytest.raises(MissingExtraError, match=r"hfterm\[train\]"):
        stored.versions()
