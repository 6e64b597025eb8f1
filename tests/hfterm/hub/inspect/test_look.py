"""Folders as people have them: shards, pipelines, adapters, quantizations side by side, damage."""

import json
from pathlib import Path

import pytest

from hfterm.errors import AccessError, HftermError, NotFoundError, UsageError
from hfterm.hub.inspect import groups, look, words
from support import weights
from support.weights import MODEL

HALF = dict(list(MODEL.items())[:2]), dict(list(MODEL.items())[2:])


def folder(base: Path, files: dict[str, bytes | str | dict[str, object]]) -> Path:
    for name, content in files.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return base


SHARDS: dict[str, bytes | str | dict[str, object]] = {
    "config.json": {"architectures": ["X"], "vocab_size": 9},
    "model-00001-of-00002.safetensors": weights.safetensors(HALF[0]),
    "model-00002-of-00002.safetensors": weights.safetensors(HALF[1]),
    "model.safetensors.index.json": {"weight_map": {n: f"model-0000{i + 1}-of-00002.safetensors" for i in (0, 1) for n in HALF[i]}},
    "pytorch_model.bin": b"not looked at",
    "training_args.bin": b"nor this",
    "README.md": "---\nlicense: apache-2.0\n---\n# Hi\n",
}  # fmt: skip


def test_shards_are_one_set_of_weights(isolated: Path) -> None:
    place = folder(isolated / "m", SHARDS)
    found = look.look(str(place))
    record = look.report(found)
    assert {name: record[name] for name in ("kind", "architecture", "vocabulary", "license", "format", "parameters", "tensors", "dtypes", "bytes")} == {
        "kind": "model", "architecture": "X", "vocabulary": 9, "license": "apache-2.0", "format": "safetensors",
        "parameters": 1088, "tensors": 4, "dtypes": {"BF16": 800, "F32": 256, "F16": 32}, "bytes": 2688,
    }  # fmt: skip
    assert record["weights"][0]["name"] == "model.safetensors" and record["weights"][0]["files"] == 2
    assert [g["name"] for g in record["others"]] == ["pytorch_model.bin"]
    assert [(r["name"], r["file"]) for r in look.tensors(found, "*.1.*")] == [("model.layers.1.up.weight", "model-00002-of-00002.safetensors")]  # fmt: skip
    assert all(words.facts(record).values())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"model-00002-of-00002.safetensors": None}, "model-00002-of-00002.safetensors is missing"),
        ({"model-00002-of-00002.safetensors": weights.safetensors(HALF[0])}, "is in model-00001-of-00002.safetensors too"),
        ({"model.safetensors.index.json": {"weight_map": {"x": "../../etc/passwd"}}}, "nowhere, not in ../../etc/passwd"),
        ({"model.safetensors.index.json": {"weight_map": []}}, "it has no weight_map"),
        ({"model.safetensors.index.json": "[" * 100_000}, "nested too deeply"),
        ({"config.json": "{"}, "config.json: it is not JSON"),
        ({"config.json": "[]"}, "it holds no JSON object"),
        ({"model-00001-of-00002.safetensors": b""}, "0 bytes are no safetensors file"),
    ],
)  # fmt: skip
def test_damage(isolated: Path, change: dict[str, bytes | str | dict[str, object] | None], why: str) -> None:
    place = folder(isolated / "m", {n: c for n, c in {**SHARDS, **change}.items() if c is not None})
    with pytest.raises(HftermError) as caught:
        look.look(str(place))
    assert why in str(caught.value) and caught.value.exit_code == 6


def test_ten_thousand_shards_that_are_not_there(isolated: Path) -> None:
    place = folder(isolated / "m", {"model-00001-of-99999.safetensors": weights.safetensors(MODEL)})
    with pytest.raises(HftermError, match=r"model-00002-of-99999\.safetensors is missing and 9998 more"):
        look.look(str(place))


def test_quantizations_side_by_side(isolated: Path) -> None:
    isolated.mkdir(exist_ok=True)
    data = weights.gguf(isolated / "x.gguf")
    place = folder(isolated / "m", {"model-Q4_K_M.gguf": data, "model-Q8_0.gguf": data, "config.json": {}})
    assert look.report(look.look(str(place)))["weights"][0]["name"] == "model-Q4_K_M.gguf"
    record = look.report(look.look(str(place), file="*Q8_0.gguf"))
    assert (record["weights"][0]["name"], record["quantization"], record["vocabulary"]) == (
        "model-Q8_0.gguf",
        "Q8_0",
        500,
    )
    with pytest.raises(NotFoundError, match=r"no file like '\*Q2\*'"):
        look.look(str(place), file="*Q2*")


def test_a_pipeline_is_the_sum_of_its_parts(isolated: Path) -> None:
    half = {"w": ("F16", [10], 20)}
    place = folder(isolated / "m", {
        "model_index.json": {"_class_name": "FluxPipeline", "unet": ["d", "Unet"], "vae": ["d", "Vae"], "scheduler": ["d", "S"]},
        "unet/diffusion_pytorch_model.safetensors": weights.safetensors(MODEL),
        "unet/diffusion_pytorch_model.fp16.safetensors": weights.safetensors(half),
        "vae/diffusion_pytorch_model.safetensors": weights.safetensors(half),
        "scheduler/scheduler_config.json": {},
    })  # fmt: skip
    found = look.look(str(place))
    record = look.report(found)
    assert (record["kind"], record["architecture"], record["parameters"]) == ("pipeline", "FluxPipeline", 1098)
    assert [(w["name"], w["parameters"]) for w in record["weights"]] == [
        ("unet/diffusion_pytorch_model.safetensors", 1088), ("vae/diffusion_pytorch_model.safetensors", 10)
    ]  # fmt: skip
    assert {r["module"] for r in look.modules(found, 1)} == {"unet", "vae"}


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_an_adapter_by_peft_itself(isolated: Path) -> None:
    import peft
    from transformers import AutoModelForCausalLM

    from support.tiny import tiny_model

    base = isolated / "base"
    tiny_model(base)
    model = peft.get_peft_model(
        AutoModelForCausalLM.from_pretrained(base), peft.LoraConfig(r=4, target_modules=["q_proj", "v_proj"])
    )
    model.save_pretrained(isolated / "adapter")
    record = look.report(look.look(str(isolated / "adapter")))
    assert (record["kind"], record["adapter"]["rank"], record["adapter"]["target_modules"]) == (
        "adapter",
        4,
        ["q_proj", "v_proj"],
    )
    assert record["parameters"] == sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert record["base_model"] == str(base)
    assert look.report(look.look(str(base)))["parameters"] == sum(p.numel() for p in model.get_base_model().parameters()) - record["parameters"]  # fmt: skip


def test_data_files_beside_each_other(isolated: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    isolated.mkdir(exist_ok=True)
    pq.write_table(pa.table({"text": ["a", "b"]}), isolated / "t.parquet")
    data = (isolated / "t.parquet").read_bytes()
    names = [
        "data/train-00000-of-00002.parquet",
        "data/train-00001-of-00002.parquet",
        "data/test-00000-of-00001.parquet",
        "de/train.parquet",
    ]
    place = folder(isolated / "d", {**dict.fromkeys(names, data), "more.jsonl": '{"text": "x"}\n'})
    found = look.look(str(place))
    record = look.report(found)
    assert (record["kind"], record["rows"], record["columns"], record["files"]) == ("dataset", 8, {"text": "string"}, 5)
    assert {name: told["rows"] for name, told in record["splits"].items()} == {
        "data/train": 4,
        "data/test": 2,
        "de/train": 2,
    }
    assert record["formats"]["jsonl"] == {"files": 1, "bytes": 14}
    assert list(look.tensors(found)) == [{"name": "text", "dtype": "string"}]
    assert words.facts(record)["rows"] == "8"


@pytest.mark.parametrize(
    ("files", "error", "why"),
    [
        ({"model.h5": b"x", "model.onnx": b"y"}, AccessError, "only Keras and ONNX files"),
        ({"notes.txt": "x"}, NotFoundError, "no weights and no tables"),
        ({}, NotFoundError, "no weights and no tables"),
        ({"w.bin": b"\x00" * 50}, HftermError, "w.bin: no file of torch.save"),
    ],
)
def test_nothing_to_look_at(
    isolated: Path, files: dict[str, bytes | str | dict[str, object]], error: type[HftermError], why: str
) -> None:
    place = folder(isolated / "m", files)
    place.mkdir(parents=True, exist_ok=True)
    with pytest.raises(error) as caught:
        look.look(str(place))
    assert why in str(caught.value)


def test_files_whose_names_say_nothing(isolated: Path) -> None:
    place = folder(
        isolated, {"blob": weights.safetensors(MODEL), "g": weights.gguf(isolated / "x.gguf"), "no": b"?" * 30}
    )
    assert look.report(look.look(str(place / "g")))["architecture"] == "llama"
    with pytest.raises(NotFoundError):
        look.look(str(place / "no"))
    with pytest.raises(UsageError, match="--revision does not go with"):
        look.look(str(place / "g"), revision="main")


def test_a_run_and_its_checkpoints(isolated: Path) -> None:
    from hfterm import paths

    run = paths.runs_dir() / "mine"
    folder(run, {"output/model.safetensors": weights.safetensors(MODEL), "output/config.json": {"vocab_size": 3}, "output/checkpoint-9/model.safetensors": b"x"})  # fmt: skip
    record = look.report(look.look("run:mine"))
    assert (record["id"], record["parameters"], record["vocabulary"]) == ("run:mine", 1088, 3)


def test_the_order_of_sets() -> None:
    names = [
        "a/model.safetensors",
        "model.fp16.safetensors",
        "pytorch_model.bin",
        "x.gguf",
        "model.safetensors",
        "other.safetensors",
    ]
    made = [groups.Group(n, groups._SUFFIXES[n.rpartition(".")[2]], (n,), 1) for n in names]
    assert [g.name for g in sorted(made, key=groups._rank)] == [
        "model.safetensors", "model.fp16.safetensors", "other.safetensors", "x.gguf", "pytorch_model.bin", "a/model.safetensors",
    ]  # fmt: skip


def test_a_folder_that_is_named_like_a_repository(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(isolated / "org" / "name", {"model.safetensors": weights.safetensors(MODEL)})
    monkeypatch.chdir(isolated)
    said: list[str] = []
    assert look.report(look.look("org/name", note=said.append))["parameters"] == 1088
    assert said == ["'org/name' is the one here; for the Hub's write hf://org/name"]
    for there in ("hf://org/name", "org/other"):
        with pytest.raises(NotFoundError, match="HF_HUB_OFFLINE is set"):
            look.look(there)
