"""Tokens in the client's own store: the client reads what we write, and the other way round."""

import stat
from pathlib import Path

import pytest

from hfterm.errors import AccessError, ConfigError, NetworkError, NotFoundError, UsageError, translate
from hfterm.hub import account
from support.caches import client
from support.hub import READER, TOKEN, Hub


@pytest.fixture
def online(hub: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    return hub


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE((folder / name).stat().st_mode) for name in ("token", "stored_tokens")}


def test_the_client_finds_what_was_kept(online: Hub, isolated: Path) -> None:
    made = account.login(f"  {TOKEN}\r\n", name="work")
    assert (made["token"], made["user"], made["role"]) == ("work", "tester", "write")
    assert TOKEN not in str(made)
    assert modes(isolated / "hf") == {0o600}
    code = "from huggingface_hub import get_token; from huggingface_hub.utils import get_stored_tokens as s; print(get_token(), s())"
    assert client(isolated, code, env={"HF_ENDPOINT": online.url}).strip() == f"{TOKEN} {{'work': '{TOKEN}'}}"


def test_what_the_client_kept_is_found(online: Hub, isolated: Path) -> None:
    code = "import sys; from huggingface_hub import login; login(sys.stdin.read().strip())"
    import subprocess
    import sys

    from support.cli import environment

    env = environment(isolated, {"HF_ENDPOINT": online.url, "HF_HUB_OFFLINE": "0"})
    subprocess.run([sys.executable, "-c", code], input=READER, text=True, env=env, check=True, capture_output=True)
    (row,) = account.tokens()
    assert (row["used"], row["token"]) == (True, "hf_****ader")
    assert account.whoami()["name"] == "reader"


def test_tokens_are_chosen_and_forgotten(online: Hub) -> None:
    account.login(TOKEN, name="first")
    account.login(READER, name="second")
    assert [(row["name"], row["used"]) for row in account.tokens()] == [("first", False), ("second", True)]
    account.use("first")
    assert account.whoami() == {
        "name": "tester", "fullname": "tester", "type": "user", "orgs": account.whoami()["orgs"],
        "token": account.whoami()["token"], "role": "write", "from": account.token_file(), "endpoint": online.url,
    }  # fmt: skip
    assert (account.secret(), account.secret("second")) == (TOKEN, READER)
    assert account.logout() == ["first"]
    assert account.current() is None
    with pytest.raises(AccessError, match="not logged in"):
        account.whoami()
    with pytest.raises(NotFoundError, match=r"did you mean 'second'\?"):
        account.use("secnd")
    assert account.logout(everything=True) == ["second"]
    assert list(account.tokens()) == [] and account.logout(everything=True) == []


def test_the_environment_wins(online: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    account.login(TOKEN, name="kept")
    monkeypatch.setenv("HF_TOKEN", f"{READER}\n")
    assert account.current() == (READER, "HF_TOKEN")
    assert account.whoami()["name"] == "reader"
    assert [(row["name"], row["used"], row["from"]) for row in account.tokens()] == [
        (None, True, "HF_TOKEN"), ("kept", False, account.store_file()),
    ]  # fmt: skip


def test_a_wrong_token_is_not_kept(online: Hub) -> None:
    wrong = "hf_" + "wrong" * 7
    with pytest.raises(AccessError, match="does not take this token") as told:
        account.login(wrong)
    assert wrong not in str(told.value) and account.current() is None


@pytest.mark.parametrize(
    "text", ["", "  \n", "two words", "hf_\N{SNOWMAN}abc", "hf_a\x07b", "x" * 20_000, "api_org_" + "x" * 30]
)
def test_what_is_no_token_is_refused_and_not_repeated(isolated: Path, text: str) -> None:
    with pytest.raises(UsageError) as told:
        account.login(text, check=False)
    assert not text.strip() or text not in str(told.value)
    assert not (isolated / "hf").exists()


def test_offline_nothing_is_asked(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="add --no-check"):
        account.login(TOKEN)
    for name, kept in ((None, "token"), ("DEFAULT", "token"), ("[a]\nb", "ab")):
        assert account.login(TOKEN, name=name, check=False)["token"] == kept
    assert account.whoami() == {"name": None, "token": "ab", "from": account.token_file(), "offline": True}
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Exception) as told:
        account.whoami()
    assert isinstance(translate(told.value), NetworkError)


def test_a_damaged_store_is_told_without_its_lines(online: Hub, isolated: Path) -> None:
    account.login(TOKEN)
    (isolated / "hf" / "stored_tokens").write_text(f"{TOKEN} is no INI file")
    with pytest.raises(ConfigError, match="is damaged") as told:
        list(account.tokens())
    assert TOKEN not in str(told.value)
    assert account.whoami()["name"] == "tester"  # the token in use has a file of its own
    account.login(READER, name="new")
    assert [row["name"] for row in account.tokens()] == ["new"]


def test_the_path_of_the_token_may_be_set(online: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN_PATH", str(isolated / "elsewhere" / "token"))
    account.login(TOKEN)
    assert modes(isolated / "elsewhere") == {0o600} and not (isolated / "hf" / "token").exists()
