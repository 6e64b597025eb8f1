"""Files of hosts, and what goes to each."""

from pathlib import Path

import pytest

from hfterm.errors import ConfigError
from hfterm.train.launch import hosts, nodes
from hfterm.train.launch.plan import Asked


def test_hosts_are_read_with_their_slots(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("# ours\nme@gpu1 slots=8\n\ngpu2 slots=8 max_slots=8  # the new one\n")
    found = hosts.read(file)
    assert [(host.name, host.address, host.slots) for host in found] == [("me@gpu1", "gpu1", 8), ("gpu2", "gpu2", 8)]
    first, second = nodes.shares(found, Asked("t.py", ("--x",)))
    assert (first.nproc, first.nnodes, first.node_rank, second.node_rank) == (8, "2", 0, 1)
    assert first.rdzv == second.rdzv and str(first.rdzv).startswith("gpu1:")
    assert (first.script, first.args) == ("t.py", ("--x",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no host"),
        ("-oProxyCommand=x", "is no host name"),
        ("a;b", "is no host name"),
        ("a slots=x", "is not slots=N"),
        ("a 8", "is not slots=N"),
        ("a slots=0", "takes no processes"),
        ("a\na", "named twice"),
        ("a slots=2\nb slots=4", "same number of slots"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "hosts").write_text(text)
    with pytest.raises(ConfigError, match=said):
        hosts.read(tmp_path / "hosts")


def test_what_a_host_is_told_is_not_in_its_command() -> None:
    words = nodes.words(hosts.Host("gpu1"))
    assert words[-2] == "gpu1" and "hfterm.train.launch.node" in words[-1] and "BatchMode=yes" in words
    environ = {
        "HF_TOKEN": "hf_x",
        "NCCL_DEBUG": "INFO",
        "CUDA_VISIBLE_DEVICES": "1",
        "SSH_AUTH_SOCK": "s",
        "HOME": "/h",
    }
    assert set(nodes.passed(environ)) == {"HF_TOKEN", "NCCL_DEBUG"}
