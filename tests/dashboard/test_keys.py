"""The key table: no clashes, only keys that terminals and multiplexers pass on, and a user's own keymap."""

import itertools

import pytest

from hfterm.dashboard import keys
from hfterm.errors import ConfigError

# The same byte as another key, or taken by tmux or screen, or unknown to plain terminals.
UNFIT = {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+b", "ctrl+a", "ctrl+left_square_bracket", "ctrl+space", "ctrl+tab"}
# Groups whose keys may be pressed in the same place (everything is pressed with "app").
TOGETHER = [("app", group) for group in keys.GROUPS if group != "app"] + [
    ("runs", "list"), ("gpus", "list"), ("runs", "chart"), ("runs", "log"),
    ("runs", "grid"), ("grid", "chart"), ("runs", "text"),
    ("chat", "list"), ("chats", "list"), ("chat", "chats"),
]  # fmt: skip


def of(group: str) -> list[tuple[str, keys.Key]]:
    return [(k, row) for row in keys.all_keys() if row.group == group for k in row.keys.split(",")]


def test_every_row_is_of_a_group_has_a_help_and_its_own_id() -> None:
    rows = keys.all_keys()
    assert {row.group for row in rows} <= set(keys.GROUPS)
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.help[0].isupper() and not row.help.endswith("."), row
        assert row.label and len(row.label) <= 16, row


@pytest.mark.parametrize("group", keys.GROUPS)
def test_no_key_means_two_things_in_a_group(group: str) -> None:
    seen = [k for k, _ in of(group)]
    assert sorted(seen) == sorted(set(seen))


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_no_key_means_two_things_in_one_place(one: str, other: str) -> None:
    # A pane's Esc or q closes what is open in it before the app's own goes back.
    clash = {k for k, _ in of(one)} & {k for k, _ in of(other)} - {"escape", "q"}
    assert not clash, [
        (row.id, row.keys) for _, row in itertools.chain(of(one), of(other)) if set(row.keys.split(",")) & clash
    ]


def test_only_keys_that_come_through_ssh_and_tmux() -> None:
    for row in keys.all_keys():
        fit = [k for k in row.keys.split(",") if k not in UNFIT and not (k.startswith("ctrl+") and k[5:].isdigit())]
        assert fit, row
        assert not all(len(k) > 1 and k[0] == "f" and k[1:].isdigit() for k in fit), row


def test_a_users_keymap() -> None:
    assert keys.keymap("chart.log=L,l app.help=f1") == {"chart.log": "L,l", "app.help": "f1"}
    assert keys.keymap("") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chart.lug=L", "no such key id 'chart.lug'; did you mean chart.log"),
        ("chart.log", "'chart.log' is not ID=KEY"),
        ("chart.log=", "is not ID=KEY"),
    ],
)
def test_a_bad_keymap_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match="keymap") as caught:
        keys.keymap(text)
    assert message in str(caught.value)


def test_keys_as_a_person_reads_them() -> None:
    assert keys.shown("down,j") == "↓ j"
    assert keys.shown("ctrl+p") == "^p"
    assert keys.ascii_shown(keys.shown("up,k")) == "Up k"
