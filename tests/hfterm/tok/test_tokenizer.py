import json
from pathlib import Path

import pytest

from hfterm.errors import HftermError, NotFoundError
from hfterm.tok.tokenizer import load
from support.tiny import CHAT_TEMPLATE, tiny_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_loads_without_the_heavy_libraries(folder: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from hfterm.tok.tokenizer import load; "
        f"t = load(Path({str(folder)!r})); t.render([{{'role': 'user', 'content': 'x'}}]); "
        "print([m for m in ('torch', 'transformers', 'huggingface_hub', 'numpy', 'datasets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_lengths_and_special_tokens(folder: Path) -> None:
    tokenizer = load(folder)
    assert tokenizer.special["eos_token"] == "<|end|>"
    assert tokenizer.chat_template == CHAT_TEMPLATE
    texts = ["the lighthouse", "", "Grüße 😀"]
    assert tokenizer.lengths(texts) == [len(tokenizer.encode(t)) for t in texts]
    assert tokenizer.lengths([""]) == [0]


def test_truncation_and_padding_in_the_file_do_not_change_a_count(folder: Path) -> None:
    plain = load(folder).lengths(["the lighthouse keeper of Brindle", "the"])
    data = json.loads((folder / "tokenizer.json").read_text())
    data["truncation"] = {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0}
    data["padding"] = {
        "strategy": "BatchLongest",
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "<|pad|>",
    }
    (folder / "tokenizer.json").write_text(json.dumps(data))
    assert load(folder).lengths(["the lighthouse keeper of Brindle", "the"]) == plain


def test_a_file_names_a_tokenizer_too(folder: Path) -> None:
    assert load(str(folder / "tokenizer.json")).lengths(["the"]) == load(folder).lengths(["the"])


def test_templates_are_found_in_the_configuration(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    config = json.loads((folder / "tokenizer_config.json").read_text())
    for given, expected in [
        ("one", "one"),
        ([{"name": "tool_use", "template": "a"}, {"name": "default", "template": "b"}], "b"),
        ([{"name": "tool_use", "template": "a"}], None),
        (None, None),
    ]:
        (folder / "tokenizer_config.json").write_text(json.dumps({**config, "chat_template": given}))
        assert load(folder).chat_template == expected
    with pytest.raises(HftermError, match="no chat template"):
        load(folder).render([{"role": "user", "content": "x"}])


def test_an_adapter_without_one_uses_its_bases(folder: Path, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(folder)}))
    assert load(str(adapter)).path == folder
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(tmp_path / "gone")}))
    with pytest.raises(NotFoundError, match=r"base model .* is gone"):
        load(str(adapter))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "1.0"}', "\x00\xff"])
def test_a_damaged_file_is_one_clear_line(folder: Path, text: str) -> None:
    (folder / "tokenizer.json").write_text(text)
    with pytest.raises(HftermError) as caught:
        load(folder)
    assert "tokenizer.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_with_an_old_or_no_tokenizer(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(NotFoundError, match="no tokenizer"):
        load(tmp_path)
    (tmp_path / "tokenizer.model").write_bytes(b"x")
    with pytest.raises(NotFoundError, match=r"old kind \(tokenizer.model\)"):
        load(tmp_path)
