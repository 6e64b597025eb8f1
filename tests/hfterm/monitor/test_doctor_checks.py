"""The doctor's checks one by one, on the real machine with an altered environment or folder."""

import shutil
import subprocess
import sys
import threading
import time
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest

from hfterm.monitor import doctor
from hfterm.monitor.checks import Check, accelerators, hub, libraries, storage, system, terminal

GB = 10**9
Usage = namedtuple("Usage", "total used free")


def by_name(rows: list[Check]) -> dict[str, Check]:
    return {row.name: row for row in rows}


# --- doctor ---------------------------------------------------------------------------------


def test_a_check_that_hangs_or_fails_is_a_row_and_stops_no_other() -> None:
    never = threading.Event()

    def broken() -> list[Check]:
        raise ValueError("boom\nHF_TOKEN=hf_abcdefghijklmnop")

    rows = list(
        doctor.examine(
            [
                ("Stuck", lambda: [Check("Stuck", "x", "ok")] if never.wait() else []),
                ("Broken", broken),
                ("Fine", lambda: [Check("Fine", "y", "ok")]),
            ],
            deadline=0.3,
        )
    )
    never.set()
    assert [(r.group, r.status) for r in rows] == [("Stuck", "warn"), ("Broken", "warn"), ("Fine", "ok")]
    assert rows[0].value == "no answer"
    assert rows[1].detail == "the check itself failed: ValueError: boom HF_TOKEN=hf_***"


def test_checks_run_side_by_side() -> None:
    barrier = threading.Barrier(2, timeout=20)
    jobs = [(name, lambda name=name: [Check(name, "x", "ok", str(barrier.wait() >= 0))]) for name in "ab"]
    assert [row.value for row in doctor.examine(jobs)] == ["True", "True"]


def test_every_problem_has_a_remedy(isolated: Path) -> None:
    rows = list(doctor.examine(doctor.jobs(offline=True)))
    assert {r.group for r in rows} == {group for group, _ in doctor.jobs()}
    assert tuple(group.lower() for group, _ in doctor.jobs()) == doctor.SUBJECTS
    assert len({(r.group, r.name) for r in rows}) == len(rows)
    assert all(r.remedy for r in rows if r.status in ("warn", "fail"))


# --- libraries ------------------------------------------------------------------------------


def fake_distribution(folder: Path, name: str, version: str, *requires: str) -> metadata.Distribution:
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    (info / "METADATA").write_text("Metadata-Version: 2.1\n" + "\n".join(lines) + "\n")
    return metadata.Distribution.at(info)


def test_conflicts_are_named(tmp_path: Path) -> None:
    dist = fake_distribution(
        tmp_path,
        "old-tool",
        "1.0",
        "click<8",
        "no-such-thing-at-all>=2",
        "rich>=1",
        "textual<1; extra == 'x'",
        "rich<1; python_version < '3'",
        "not a requirement !!",
    )
    row = libraries._conflicts([dist])
    assert (row.status, row.value) == ("warn", "2")
    click = metadata.version("click")
    assert (
        row.detail == f"old-tool 1.0 needs click<8, not {click}; old-tool needs no-such-thing-at-all, which is missing"
    )


def test_no_conflict() -> None:
    assert libraries._conflicts([]).status == "ok"


@pytest.mark.parametrize(
    ("need", "core", "status", "detail"),
    [
        ("click>=8", True, "ok", None),
        ("click>=99", True, "fail", "hfterm needs >=99"),
        ("click>=99", False, "warn", "hfterm needs >=99"),
        ("no-such-thing-at-all>=1", True, "fail", "hfterm needs it"),
    ],
)
def test_a_library_against_its_requirement(
    need: str, core: bool, status: str, detail: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from packaging.requirements import Requirement

    monkeypatch.setitem(libraries.TESTED, "click", metadata.version("click"))
    row = libraries._library(Requirement(need), core)
    assert (row.status, row.detail) == (status, detail)
    assert (row.remedy is None) == (status == "ok")


def test_another_version_than_the_tested_one_is_worth_knowing(monkeypatch: pytest.MonkeyPatch) -> None:
    from packaging.requirements import Requirement

    monkeypatch.setitem(libraries.TESTED, "click", "8.0.0")
    row = libraries._library(Requirement("click>=8"), True)
    assert (row.status, row.detail) == ("info", "tested with 8.0.0")


def test_extras_that_are_missing_say_how_to_get_them() -> None:
    rows = [row for row in libraries.checks() if row.name.startswith("extra ")]
    assert all(row.status == "info" and row.remedy == f"pip install 'hfterm[{row.name[6:]}]'" for row in rows)
    assert not {"extra dev", "extra all"} & {row.name for row in rows}


# --- accelerators ---------------------------------------------------------------------------


def test_torch_is_probed_in_another_process() -> None:
    assert (
        "torch"
        not in subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from hfterm.monitor.checks import accelerators as a; a.checks(); print(*sys.modules)",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    )
    rows = by_name(accelerators.checks())
    assert rows["torch"].status == "ok"
    assert rows["torch"].value == metadata.version("torch")


def test_a_torch_that_cannot_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libcudnn.so.9: cannot open shared object file')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    row = accelerators._torch(0)[0]
    assert (row.status, row.value) == ("warn", "cannot be imported")
    assert row.detail == "ImportError: libcudnn.so.9: cannot open shared object file"


def test_a_torch_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch.py").write_text("import time; time.sleep(600)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(accelerators, "TORCH_SECONDS", 0.5)
    began = time.monotonic()
    row = accelerators._torch(0)[0]
    assert (row.status, row.value) == ("warn", "no answer")
    assert time.monotonic() - began < 60  # not the 600 of the hang


def test_a_cpu_build_beside_a_gpu_is_a_warning() -> None:
    if "cpu" not in metadata.version("torch"):
        pytest.skip("torch here is no CPU build")
    assert by_name(accelerators._torch(2))["torch devices"].status == "warn"
    assert by_name(accelerators._torch(0))["torch devices"].status == "info"


# --- storage --------------------------------------------------------------------------------


@pytest.mark.parametrize(("free", "status"), [(20 * GB, "ok"), (5 * GB, "warn"), (GB // 2, "fail")])
def test_room(tmp_path: Path, free: int, status: str) -> None:
    row = storage.folder("x", tmp_path / "not" / "yet", "remedy", usage=lambda place: Usage(1, 1, free))
    assert row.status == status
    assert (row.remedy is None) == (status == "ok")


def test_nothing_is_left_behind_or_made(tmp_path: Path) -> None:
    storage.folder("x", tmp_path / "not" / "yet", "remedy")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written() -> None:
    row = storage.folder("x", Path("/proc/nowhere/hub"), "move it")
    assert (row.status, row.remedy) == ("fail", "move it")
    assert (row.detail or "").startswith("cannot write there")


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "hf").touch()
    row = storage.folder("x", tmp_path / "hf" / "hub", "move it")
    assert row.status == "fail"
    assert "not a folder" in (row.detail or "")


def test_folders_follow_the_variables(isolated: Path) -> None:
    rows = by_name(storage.checks())
    assert rows["Hub cache"].value == str(isolated / "hf" / "hub")
    assert rows["state"].value == str(isolated / "hfterm")


# --- hub ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("hf_" + "Ab3" * 11, "present"),
        ("", "none"),
        ("hf_short", "malformed"),
        ("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxx", "malformed"),
        ("'hf_" + "Ab3" * 11 + "'", "malformed"),
        ("hf_" + "Ab3" * 5 + " " + "Ab3" * 6, "malformed"),
        ("hf_Ⓐ" + "Ab3" * 11, "malformed"),
        ("hf_" + "Ab3" * 11 + "\r\n", "present"),
        ("$HF_TOKEN", "malformed"),
    ],
)
def test_token_from_the_environment(isolated: Path, monkeypatch: pytest.MonkeyPatch, value: str, status: str) -> None:
    monkeypatch.setenv("HF_TOKEN", value)
    token, row = hub.read_token()
    assert row.value == status
    assert (token is not None) == (status == "present")
    assert "Ab3" not in str(row.record()) and "xxx" not in str(row.record())


def test_token_from_the_clients_store(isolated: Path) -> None:
    (isolated / "hf").mkdir()
    (isolated / "hf" / "token").write_text("hf_" + "Ab3" * 11 + "\n")
    token, row = hub.read_token()
    assert token == "hf_" + "Ab3" * 11
    assert row.detail == f"from {isolated / 'hf' / 'token'}, not tried"


def test_proxies_are_named_without_their_secrets(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:sesame@proxy:3128")
    monkeypatch.setenv("all_proxy", "socks5://bare-key@proxy")
    rows = by_name(hub.checks(offline=True))
    assert rows["HTTPS_PROXY"].value == "http://***@proxy:3128"
    assert rows["ALL_PROXY"].value == "socks5://***@proxy"


def test_certificates_that_are_not_there(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    assert by_name(hub.checks(offline=True))["SSL_CERT_FILE"].status == "warn"


# --- terminal and system --------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_found_where_it_installs(shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR", "FPATH", "BASH_COMPLETION_USER_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert terminal._completion().remedy == f"hfterm completion {shell} --install"
    script = terminal.completion_files(shell)[0]
    assert script.is_relative_to(tmp_path)
    script.parent.mkdir(parents=True)
    script.touch()
    assert terminal._completion() == Check(terminal.GROUP, "completion", "ok", shell, str(script))


def test_limits_of_this_shell() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        row = by_name(system.checks())["open files"]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (row.status, row.value, row.remedy) == ("warn", "256", f"ulimit -n {hard}")


def test_little_shared_memory(tmp_path: Path) -> None:
    size = shutil.disk_usage(tmp_path).total
    row = system._shared(tmp_path)[0]
    assert row.status == ("ok" if size >= system.LITTLE_SHARED else "warn")
    assert system._shared(tmp_path / "none") == []
