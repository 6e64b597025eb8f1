"""The tasks of Transformers' Trainer, trained for real on tiny models in this process (the imports are paid once)."""

import dataclasses
import json
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hfterm import runs
from hfterm.errors import HftermError, UsageError
from hfterm.output import Output
from hfterm.tok import tokenizer
from hfterm.tok.pack import pack
from hfterm.train import run
from hfterm.train.recipes import recipe_class
from hfterm.train.tasks import models
from hfterm.train.watch import Watch
from support import tiny_tasks as tiny


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home for the runs of this module, and the libraries' warnings where they do not matter."""
    folder = tmp_path_factory.mktemp("tasks")
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("HF_", "HFTERM_"))}
    os.environ |= {"HFTERM_HOME": str(folder / "home"), "HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1"}
    yield folder
    for name in ("HFTERM_HOME", "HF_HOME", "HF_HUB_OFFLINE"):
        del os.environ[name]
    os.environ |= before


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def recipe(method: str, model: Path | str, data: Path, **more: Any) -> Any:
    return recipe_class(method)(str(model), str(data), **{"warmup_steps": 0.1, **more})


def train(name: str, asked: Any, **how: Any) -> run.Result:
    return run.train(asked, Output(quiet=True, progress="none"), name=name, **how)


def losses(name: str) -> dict[int, float]:
    return {event["step"]: event["loss"] for event in runs.get(name).events() if "loss" in event}


def pipeline(task: str, path: Path) -> Any:
    import transformers

    return transformers.pipeline(task, model=str(path))


def test_classify(place: Path) -> None:
    """Learned, with the names of the labels; the output is a model for the pipeline and for more training."""
    data = tiny.lines(place / "opinions.jsonl", tiny.opinions(240))
    model = tiny.bert(place / "bert")
    done = train("opinions", recipe("classify", model, data, eval_split="0.2", learning_rate=3e-3, num_train_epochs=2))
    assert done.metrics["eval_accuracy"] > 0.9 and done.metrics["eval_f1_macro"] > 0.9
    assert done.samples_per_second is not None and done.samples_per_second > 0
    said = pipeline("text-classification", done.path)(["the film was very lovely", "the song was quite dreadful"])
    assert [one["label"] for one in said] == ["good", "bad"]
    # The head is kept: nothing is learned in one step at a rate of nothing, and it is as good as before.
    again = recipe("classify", "run:opinions", data, eval_data=str(data), learning_rate=1e-9, max_steps=1)
    assert train("again", again).metrics["eval_accuracy"] > 0.9
    more = tiny.lines(place / "more.jsonl", [{"text": "x", "label": "odd"}, *tiny.opinions(20)])
    with pytest.raises(HftermError, match=r"more\.jsonl has the label 'odd', which the data that is trained on has"):
        train("odd", recipe("classify", model, data, eval_data=str(more)))


def test_classify_with_an_adapter(place: Path) -> None:
    """The head is trained and saved with the adapter, and both come back."""
    import torch
    import transformers

    rows = [{**row, "label": f"{row['label']}-{len(row['text']) % 2}"} for row in tiny.opinions(80)]
    data = tiny.lines(place / "four.jsonl", rows)
    asked = recipe("classify", tiny.bert(place / "base"), data, peft="lora", max_steps=3, eval_data=str(data))
    done = train("adapter", asked)
    assert done.trainable_parameters < done.parameters / 2
    model = models.of_adapter(done.path).eval()
    assert set(model.config.id2label.values()) == {"good-0", "good-1", "bad-0", "bad-1"}
    tokenizer = transformers.AutoTokenizer.from_pretrained(done.path)
    batch = tokenizer([row["text"] for row in rows], padding=True, return_tensors="pt")
    with torch.no_grad():
        best = model(**batch).logits.argmax(-1).tolist()
    right = sum(model.config.id2label[at] == row["label"] for at, row in zip(best, rows, strict=True))
    assert right / len(rows) == pytest.approx(done.metrics["eval_accuracy"])
    # transformers finds base, head and the names of the labels by the adapter's folder alone.
    said = pipeline("text-classification", done.path)([row["text"] for row in rows])
    assert [one["label"] for one in said] == [model.config.id2label[at] for at in best]
    # What leads to the base on this machine is not for others; an adapter without a head of its own has none of it.
    assert models.here_only(done.path) == ("config.json", models.INDEX) and models.here_only(place / "base") == ()
    base = str(place / "base" / "model.safetensors")
    assert set(json.loads((done.path / models.INDEX).read_text())["weight_map"].values()) == {base}


def test_several_labels_pairs_and_numbers(place: Path) -> None:
    """What the labels are decides what the model learns, and how it is scored."""
    bert = tiny.bert(place / "plain")
    several = [
        {"text": one["text"], "labels": [one["label"], "short"][: n % 3]} for n, one in enumerate(tiny.opinions(30))
    ]
    data = tiny.lines(place / "several.jsonl", several)
    done = train("several", recipe("classify", bert, data, max_steps=2, eval_data=str(data)))
    config = json.loads((done.path / "config.json").read_text())
    assert config["problem_type"] == "multi_label_classification"
    assert sorted(config["label2id"]) == ["bad", "good", "short"]
    assert {"eval_accuracy", "eval_f1_micro", "eval_f1_macro"} <= done.metrics.keys()

    stars = [
        {"premise": r["text"], "hypothesis": "fine", "label": float(r["label"])}
        for r in tiny.opinions(30, names=(1, 5))
    ]
    data = tiny.lines(place / "stars.jsonl", stars)
    asked = recipe("classify", bert, data, max_steps=2, eval_data=str(data), problem_type="regression")
    done = train("stars", asked)
    config = json.loads((done.path / "config.json").read_text())
    assert config["problem_type"] == "regression" and config["id2label"] == {"0": "LABEL_0"}
    assert done.metrics["eval_mse"] > 0
    # As classes the same numbers are two labels.
    plan = run.plan(recipe("classify", bert, data), Output(quiet=True))
    assert plan["data"]["labels"] == 2


def test_tag(place: Path) -> None:
    """Words of several tokens have one tag each."""
    data = tiny.lines(place / "tagged.jsonl", tiny.tagged(200))
    asked = recipe("tag", tiny.bert(place / "tagger"), data, eval_split="0.2", learning_rate=3e-3, num_train_epochs=2)
    done = train("tagger", asked)
    assert done.metrics["eval_seqeval_f1"] > 0.9 and done.metrics["eval_seqeval_PER_f1"] > 0.9
    found = pipeline("token-classification", done.path)("my Mara visits in Pisa .")
    first = {token["word"]: token["entity"] for token in found if not token["word"].startswith("##")}
    assert first == {"m": "B-PER", "p": "B-LOC"}


def test_seq2seq(place: Path) -> None:
    """Targets are generated in an evaluation, and scored."""
    data = tiny.lines(place / "reversals.jsonl", tiny.reversals(500))
    how = {"learning_rate": 4e-3, "num_train_epochs": 6, "per_device_train_batch_size": 16, "save_steps": 1000}
    more = {"max_target_length": 8, "metric": "rougeL,exact_match,bleu"}
    done = train("reversed", recipe("seq2seq", tiny.t5(place / "t5"), data, eval_split="0.1", **how, **more))
    assert done.metrics["eval_exact_match"] > 0.5 and done.metrics["eval_rougeL"] > 0.8
    assert "eval_bleu" in done.metrics
    import transformers

    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(done.path)
    tokenizer = transformers.AutoTokenizer.from_pretrained(done.path)
    said = model.generate(**tokenizer("film lovely", return_tensors="pt"), max_length=8)
    assert tokenizer.decode(said[0], skip_special_tokens=True) == "lovely film"


def test_clm_from_nothing(place: Path) -> None:
    """A configuration and a tokenizer are enough; a text file is one document."""
    import math

    text = place / "text.txt"
    text.write_text("".join(f"{row['text']}\n\n" for row in tiny.opinions(150)))
    model = tiny.gpt2(place / "bare", weights=False)
    asked = recipe("clm", model, text, max_length=5000, eval_data=str(text), learning_rate=5e-3, num_train_epochs=2)
    done = train("pretrained", asked)
    assert done.metrics["eval_loss"] < 3.6 and losses("pretrained")[1] > 5
    assert done.metrics["eval_perplexity"] == pytest.approx(math.exp(done.metrics["eval_loss"]))
    counts = runs.get("pretrained").facts()["counts"]
    # Every byte and the end of the document; as long as the model can read.
    assert counts["tokens"] == len(text.read_bytes()) + 1 and counts["block"] == 64
    assert counts["examples"] == math.ceil(counts["tokens"] / 64)
    assert pipeline("text-generation", done.path)("the film was", max_new_tokens=3)[0]["generated_text"]


def test_clm_of_a_pack_with_several_evaluations(place: Path) -> None:
    """Rows of a pack are what the same texts make; each evaluation data is measured by its name, and all together."""
    model = tiny.gpt2(place / "packing")
    data = tiny.lines(place / "packed.jsonl", tiny.opinions(20))
    folder = pack([str(data)], tokenizer.load(str(model)), str(place / "pack"), shard_tokens=300).path
    rows = pack([str(data)], tokenizer.load(str(model)), str(place / "rows"), length=16, form="bin", tail="pad").path
    done = train("packed", recipe("clm", model, folder, max_steps=2, eval_data=[str(data), f"same={folder}"]))
    assert done.metrics["eval_packed_loss"] == pytest.approx(done.metrics["eval_same_loss"], abs=1e-6)
    assert done.metrics["eval_loss"] == pytest.approx(done.metrics["eval_same_loss"], abs=1e-6)
    assert done.metrics["eval_same_perplexity"] > 1
    facts = runs.get("packed").facts()
    assert facts["counts"]["block"] == 64 and [one["label"] for one in facts["eval_data"]["sources"]] == [
        "packed",
        "same",
    ]
    out = Output(quiet=True, progress="none")
    plan = run.plan(recipe("clm", model, rows, eval_split=0.2), out)
    assert plan["data"]["block"] == 16 and plan["data"]["columns"] == ["input_ids"]
    assert plan["data"]["tokens"] + plan["eval_data"]["tokens"] == facts["counts"]["tokens"]
    for folder, words in ((tiny.gpt2(place / "short", length=8), "16 tokens, and the model reads 8"), (model, "mixed")):
        asked = recipe("clm", folder, rows)
        with pytest.raises(UsageError, match=words):
            run.plan(asked if words != "mixed" else dataclasses.replace(asked, data=[str(rows), str(data)]), out)


def test_from_scratch_forgets_the_weights(place: Path) -> None:
    data = tiny.lines(place / "few.jsonl", tiny.opinions(16))
    done = train("made", recipe("clm", tiny.gpt2(place / "gpt2"), data, max_steps=1, learning_rate=1e-9))
    fresh = train("fresh", recipe("clm", place / "gpt2", data, max_steps=1, learning_rate=1e-9, from_scratch=True))
    assert losses("made")[1] != losses("fresh")[1] and done.steps == fresh.steps == 1


class Killed(BaseException):
    """As if the process had gone."""


def killed_at(step: int, monkeypatch: pytest.MonkeyPatch, name: str, asked: Any) -> None:
    """Begin a run and let it die at a step, without a word to anybody."""

    def die(self: Watch, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        before(self, args, state, control, **kwargs)
        if state.global_step == step:
            raise Killed

    before = Watch.on_step_end
    with monkeypatch.context() as patch:
        patch.setattr(Watch, "on_step_end", die)
        with pytest.raises(Killed):
            train(name, asked)


def same_after_a_kill(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The losses of a run that died in mid-epoch and was resumed are those of one that did not, to the bit."""
    name = asked.METHOD
    whole = train(f"{name}-whole", asked)
    killed_at(7, monkeypatch, f"{name}-killed", asked)
    resumed = train(f"{name}-killed", None, resume=True, method=name)
    assert len(losses(f"{name}-whole")) == 12
    assert losses(f"{name}-killed") == losses(f"{name}-whole")
    assert resumed.metrics["eval_loss"] == whole.metrics["eval_loss"]


def test_masks_after_a_kill(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tiny.lines(place / "masked.jsonl", tiny.opinions(40))
    asked = recipe("mlm", tiny.bert(place / "masked"), data, eval_data=str(data), max_steps=12, save_steps=3,
                   whole_words=True, eval_steps=100, learning_rate=1e-3)  # fmt: skip
    same_after_a_kill(asked, monkeypatch)
    # The masks differ from epoch to epoch, so the losses say something.
    assert len(set(losses("mlm-whole").values())) == 12


def test_image_and_augmentation_after_a_kill(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny.stripes(place / "stripes")
    vit = tiny.vit(place / "vit")
    done = train("stripes", recipe("image", vit, folder, eval_split="0.2", learning_rate=1e-3, num_train_epochs=6))
    assert done.metrics["eval_accuracy"] > 0.9
    import transformers

    processor = transformers.AutoImageProcessor.from_pretrained(done.path, backend="pil")
    look = transformers.pipeline("image-classification", model=str(done.path), image_processor=processor)
    assert look(str(folder / "across" / "3.png"))[0]["label"] == "across"
    assert look(str(folder / "down" / "3.png"))[0]["label"] == "down"
    some = folder.parent / "some"
    for kind in ("across", "down"):
        shutil.copytree(folder / kind, some / kind, ignore=lambda at, names: sorted(names)[18:])
    asked = recipe("image", vit, some, eval_data=str(folder), max_steps=12, save_steps=3, eval_steps=100,
                   augment=True, learning_rate=1e-3)  # fmt: skip
    same_after_a_kill(asked, monkeypatch)


@pytest.mark.parametrize("kind", ["wav2vec2", "ast"])
def test_audio(place: Path, kind: str) -> None:
    folder = place / "tones"
    if not folder.exists():
        tiny.tones(folder)
    asked = recipe("audio", getattr(tiny, kind)(place / kind), folder, eval_split="0.25", learning_rate=1e-3 if kind == "ast" else 4e-3,
                   num_train_epochs=6, max_seconds=1.0, metric="accuracy")  # fmt: skip
    done = train(kind, asked)
    assert done.metrics["eval_accuracy"] > 0.8
    from hfterm.train.methods.audio import samples

    rate = 16000 if kind == "ast" else 8000
    wave = samples({"bytes": None, "path": str(folder / "low" / "0.wav")}, rate, 1.0)
    said = pipeline("audio-classification", done.path)({"raw": wave, "sampling_rate": rate})
    assert said[0]["label"] == "low"


@pytest.mark.parametrize(
    ("method", "make"), [("tag", tiny.bert), ("image", tiny.vit), ("audio", tiny.ast), ("seq2seq", tiny.t5)]
)
def test_adapters_of_the_others(place: Path, method: str, make: Any) -> None:
    """Few weights are trained; what is saved gives the losses of the run again."""
    rows = {"tag": tiny.tagged(16), "seq2seq": tiny.reversals(16)}.get(method)
    folder = place / f"data-{method}"
    if rows:
        data = tiny.lines(folder, rows)
    else:
        data = tiny.stripes(folder, each=6) if method == "image" else tiny.tones(folder, each=6)
    asked = recipe(method, make(place / f"base-{method}"), data, peft="lora", max_steps=2, eval_data=str(data))
    done = train(f"lora-{method}", asked)
    assert done.trainable_parameters < done.parameters
    saved = sorted(file.name for file in done.path.iterdir())
    assert "adapter_model.safetensors" in saved and "model.safetensors" not in saved
    # The run's output is gone: it is made again from the last checkpoint, the head with it.
    before = (done.path / "adapter_model.safetensors").read_bytes()
    shutil.rmtree(done.path)
    status = runs.get(f"lora-{method}").path / "status.json"
    status.write_text(json.dumps({**json.loads(status.read_text()), "state": "stopped"}))
    again = train(f"lora-{method}", None, resume=True)
    assert (again.path / "adapter_model.safetensors").read_bytes() == before


WRONG = [
    ("seq2seq", "gpt2", "a model of the type 'gpt2' is not for text to text; it is for hfterm train clm, "),
    ("classify", "vit", "a model of the type 'vit' is not for text classification; it is for hfterm train image"),
    ("clm", "bert", "a model of the type 'bert' reads both ways; use hfterm train mlm"),
    ("image", "bert", "a model of the type 'bert' is not for image classification; it is for "),
    ("audio", "vit", "a model of the type 'vit' is not for audio classification; it is for hfterm train image"),
]


@pytest.mark.parametrize(("method", "kind", "words"), WRONG)
def test_a_model_for_something_else(place: Path, method: str, kind: str, words: str) -> None:
    model = place / f"wrong-{kind}"
    if not model.exists():
        getattr(tiny, kind)(model)
    data = tiny.lines(place / "any.jsonl", tiny.opinions(4))
    with pytest.raises(UsageError) as caught:
        run.plan(recipe(method, model, data), Output(quiet=True))
    assert str(caught.value).startswith(words)


def test_weights_that_are_missing_below_the_head(place: Path) -> None:
    """transformers would warn, and make random ones."""
    from safetensors.torch import load_file, save_file

    model = tiny.bert(place / "torn")
    weights = load_file(model / "model.safetensors")
    del weights["bert.encoder.layer.1.output.dense.weight"]
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    data = tiny.lines(place / "some.jsonl", tiny.opinions(8))
    with pytest.raises(UsageError, match=r"is another kind of model: 1 weights of a BertForSequence.* are not in it"):
        train("torn", recipe("classify", model, data))


BAD = [
    ("classify", [{"text": "a"}], "record 1: no label in it: the record has 'text'"),
    ("classify", [{"label": 1, "words": "x"}], "record 1: no text in it"),
    ("classify", [{"text": "a", "label": 0.5}], "its label 0.5 is a number, .*--problem-type regression"),
    ("classify", [{"text": "a", "label": "x"}] * 2, "only the label 'x': there is nothing to learn"),
    (
        "classify",
        [{"text": "a", "label": "x"}, {"text": "b", "label": ["y"]}],
        "some labels are lists and some are not",
    ),
    ("tag", [{"tokens": ["a", "b"], "tags": ["O"]}], "record 1: it has 2 words and 1 tags"),
    ("tag", [{"tokens": [], "tags": []}], "it has no words"),
    ("mlm", [{"text": ""}], "its texts are empty"),
    ("mlm", [{"body": "x"}], "no text in it: the record has 'body'; name the column 'text'"),
]


@pytest.mark.parametrize(("method", "rows", "words"), BAD)
def test_data_that_cannot_be_used(place: Path, method: str, rows: list[dict[str, Any]], words: str) -> None:
    model = place / "wrong-bert"
    if not model.exists():
        tiny.bert(model)
    data = tiny.lines(place / "bad.jsonl", rows)
    with pytest.raises(HftermError, match=words):
        run.plan(recipe(method, model, data), Output(quiet=True))


def test_images_that_cannot_be_read(place: Path) -> None:
    folder = tiny.stripes(place / "broken", each=4)
    (folder / "down" / "9.png").write_bytes(b"no image")
    vit = tiny.vit(place / "vit-for-broken")
    with pytest.raises(HftermError, match=r"9\.png: it is no image that can be read"):
        run.plan(recipe("image", vit, folder), Output(quiet=True))
    plan = run.plan(recipe("image", vit, folder, skip_bad=True), Output(quiet=True))
    assert {"examples": 8, "records": 9, "bad": 1, "labels": 2}.items() <= plan["data"].items()


def test_options_by_set(place: Path) -> None:
    """A field that has an option of its own works by --set too."""
    model, data = tiny.bert(place / "set"), tiny.lines(place / "set.jsonl", tiny.opinions(16))
    plan = run.plan(recipe("classify", model, data, set={"per_device_train_batch_size": 4}), Output(quiet=True))
    assert plan["recipe"]["per_device_train_batch_size"] == 4 and plan["max_steps"] == 12


@pytest.mark.parametrize(
    ("method", "make", "rows"),
    [
        ("classify", tiny.bert, tiny.opinions(16)),
        ("tag", tiny.bert, tiny.tagged(16)),
        ("seq2seq", tiny.t5, tiny.reversals(16)),
        ("clm", tiny.gpt2, [{"text": "x" * 63}] * 16),
    ],
)
def test_accumulated_steps_are_as_large_as_whole_ones(place: Path, method: str, make: Any, rows: Any) -> None:
    """The Trainer multiplies the gradients of most heads by the number of accumulated batches, if it is let."""
    data = tiny.lines(place / f"accumulated-{method}.jsonl", rows)
    model = make(place / f"accumulated-{method}")
    how: dict[str, Any] = {"max_steps": 1, "learning_rate": 1e-3, "warmup_steps": 0.0}
    train(f"{method}-16", recipe(method, model, data, per_device_train_batch_size=16, **how))
    more = {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}
    train(f"{method}-4x4", recipe(method, model, data, **more, **how))
    whole, parts = (
        next(event for event in runs.get(name).events() if "loss" in event)
        for name in (f"{method}-16", f"{method}-4x4")
    )
    assert parts["loss"] == pytest.approx(whole["loss"], rel=1e-4)
    assert parts["grad_norm"] == pytest.approx(whole["grad_norm"], rel=1e-3)
