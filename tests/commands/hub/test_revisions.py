"""A revision that can be none is refused by every verb, before anything is asked or looked up."""

import pytest

from support.cli import Hfterm

NOWHERE = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0", "HF_TOKEN": "hf_" + "x" * 20}


@pytest.mark.parametrize(
    ("verb", "after"),
    [
        ("info", []), ("card", []), ("ls", []), ("cat", ["config.json"]), ("get", []), ("inspect", []),
        ("put", ["README.md"]), ("rm", ["-y", "x"]),
    ],
)  # fmt: skip
def test_a_flag(hfterm: Hfterm, verb: str, after: list[str]) -> None:
    refused = hfterm("hub", verb, "org/name", *after, "-r", "../..", env=NOWHERE, check=2)
    assert refused.stdout == "" and "not a revision: '../..'" in refused.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["tag", "org/name", "v1", "--from", "../x"],
        ["branch", "org/name", "v1", "--from=-x"],
        ["diff", "org/name@a", "@../b"],
        ["ls", "hf://org/name@%2e%2e%2f.."],
        ["ls", "org/name", "-r", ""],
    ],
)
def test_elsewhere(hfterm: Hfterm, args: list[str]) -> None:
    assert "not a revision: " in hfterm("hub", *args, env=NOWHERE, check=2).stderr
