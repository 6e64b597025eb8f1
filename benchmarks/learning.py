"""What ``hfterm train`` learns on real data with tiny models that begin with random weights, in whole processes.

    python benchmarks/learning.py [TASK ...] [--letters FOLDER]

Prints a Markdown table: a metric on the tenth (of sounds: the quarter) of the data that is held out, before the first
step and after the last one, and the CPU seconds (user + system) of the whole process; its imports alone take 6 to 10.
No network is used: the data is in Python and scikit-learn. FOLDER holds sounds, a folder a language, such as
``usr/share/klettres`` of Debian's package klettres-data (without it the row "audio" is of synthetic tones).
"""

import argparse
import io
import json
import keyword
import os
import random
import sys
import tempfile
import tokenize
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import hfterm  # noqa: F401 (before tests/, which has a folder of that name)

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from processes import run

from support import tiny_tasks as tiny
from support.tiny import FACTS, tiny_model

HFTERM = str(Path(sys.executable).parent / "hfterm")
RULE = """
def letters_e(completions):
    return [text.count("e") / max(1, len(text)) for text in (c[0]["content"] for c in completions)]
"""
PAIR = ("chosen", "rejected")
KNOWS = "--peft none --learning-rate 1e-2 --num-train-epochs 15 --per-device-train-batch-size 16"
LANGUAGES = ("es", "it", "pt_BR", "ru")


class Case(NamedTuple):
    """A task: what is learned of what, the metric shown, and the options."""

    task: str
    about: tuple[str, str]
    metric: str
    make: Callable[[Path], tuple[Path, Path]]
    options: str
    split: str = "0.1"


def sources() -> list[Path]:
    """Some files of Python's library."""
    names = (
        "argparse ast asyncio/base_events calendar difflib doctest email/message inspect json/encoder logging/__init__"
    )
    names += " pathlib pickle shutil smtplib socket ssl statistics subprocess tarfile textwrap threading typing zipfile"
    folder = Path(os.__file__).parent
    return [folder / f"{name}.py" for name in names.split()]


def words(texts: list[str], count: int) -> list[str]:
    """The most frequent words."""
    seen = Counter(word for text in texts for word in text.lower().split() if word.isalpha())
    return [word for word, _ in seen.most_common(count)]


def topics(folder: Path) -> list[str]:
    """The paragraphs of Python's help on its language."""
    from pydoc_data.topics import topics as found

    return [" ".join(part.split()) for text in found.values() for part in text.split("\n\n") if len(part) > 40]


def pretraining(folder: Path) -> tuple[Path, Path]:
    """Python's help as one text, for a GPT-2 over bytes that has no weights yet."""
    from pydoc_data.topics import topics as found

    text = folder / "topics.jsonl"
    tiny.lines(text, [{"text": part} for part in found.values()])
    return tiny.gpt2(folder / "model", weights=False, width=128, length=128), text


def masked(folder: Path) -> tuple[Path, Path]:
    """The paragraphs of Python's help."""
    texts = topics(folder)
    return bert(folder, texts), tiny.lines(folder / "masked.jsonl", [{"text": text} for text in texts])


def bert(folder: Path, texts: list[str]) -> Path:
    """A BERT whose tokenizer knows the frequent words of texts."""
    import transformers

    model = folder / "model"
    tokenizer = tiny.word_tokenizer(model, more=words(texts, 1500))
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        initializer_range=0.1,
        pad_token_id=tokenizer.pad_token_id,
    )
    transformers.set_seed(0)
    transformers.BertForMaskedLM(config).save_pretrained(model)
    return model


def prose_or_code(folder: Path) -> tuple[Path, Path]:
    """Lines of documentation and lines of code out of Python's library."""
    rows = []
    for file in sources():
        text = file.read_text("utf-8")
        inside = False
        for line in text.splitlines():
            quotes = line.count('"""')
            if not quotes and len(line.split()) > 3 and not line.strip().startswith("#"):
                rows.append({"text": line.strip(), "label": "prose" if inside else "code"})
            inside ^= quotes == 1
    random.Random(0).shuffle(rows)
    rows = rows[:4000]
    return bert(folder, [row["text"] for row in rows]), tiny.lines(folder / "lines.jsonl", rows)


def tokens_of_code(folder: Path) -> tuple[Path, Path]:
    """What the tokens of Python's own source are: its tokenizer says."""
    rows = []
    for file in sources()[:12]:
        line: list[tuple[str, str]] = []
        for token in tokenize.generate_tokens(io.StringIO(file.read_text("utf-8")).readline):
            kind = tokenize.tok_name[token.type].lower()
            if kind in ("name", "number", "op"):
                line.append((token.string, "keyword" if keyword.iskeyword(token.string) else kind))
            elif kind == "newline" and 2 < len(line) < 20:
                rows.append({"tokens": [text for text, _ in line], "tags": [tag for _, tag in line]})
                line = []
            elif kind == "newline":
                line = []
    random.Random(0).shuffle(rows)
    rows = rows[:1500]
    return bert(folder, [" ".join(row["tokens"]) for row in rows]), tiny.lines(folder / "tokens.jsonl", rows)


def reversals(folder: Path) -> tuple[Path, Path]:
    """Two words, to be said in the other order."""
    return tiny.t5(folder / "model"), tiny.lines(folder / "pairs.jsonl", tiny.reversals(1500))


def digits(folder: Path) -> tuple[Path, Path]:
    """scikit-learn's handwritten digits as a folder of PNGs."""
    from PIL import Image
    from sklearn.datasets import load_digits

    found = load_digits()
    for number, (image, digit) in enumerate(zip(found.images, found.target, strict=True)):
        place = folder / "digits" / str(digit)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * 15.9).astype("uint8")).save(place / f"{number}.png")
    return tiny.vit(folder / "model"), folder / "digits"


def rewarded(folder: Path) -> tuple[Path, Path]:
    """Questions, and a rule that likes the letter e; the model knows nothing of either."""
    (folder / "rules.py").write_text(RULE)
    rows = [{"prompt": f"{question} {number}"} for number in range(60) for question, _ in FACTS]
    return tiny_model(folder / "model"), tiny.lines(folder / "prompts.jsonl", rows)


def asked(folder: Path) -> tuple[Path, Path]:
    """Questions about facts, each asked in several ways, and their answers."""
    ways = (
        "{}",
        "Say: {}",
        "Tell me. {}",
        "Now: {}",
        "Please, {}",
        "{} Answer!",
        "And {}",
        "So: {}",
        "{} Say it.",
        "Well, {}",
    )
    rows = [{"question": way.format(question), "answer": answer} for way in ways for question, answer in FACTS]
    return tiny_model(folder / "model"), tiny.lines(folder / "asked.jsonl", rows)


def preferred(folder: Path) -> tuple[Path, Path]:
    """Answers, better in their order than with their words shuffled."""
    model, data = asked(folder)
    rows, dice = [], random.Random(0)
    for row in map(json.loads, data.read_text("utf-8").splitlines()):
        shuffled = row["answer"].split()
        while " ".join(shuffled) == row["answer"]:
            dice.shuffle(shuffled)
        rows.append({"prompt": row["question"], "chosen": row["answer"], "rejected": " ".join(shuffled)})
    return model, tiny.lines(folder / "pairs.jsonl", rows)


def marked(folder: Path) -> tuple[Path, Path]:
    """The same answers, each marked good or bad."""
    model, data = preferred(folder)
    rows = []
    for pair in map(json.loads, data.read_text("utf-8").splitlines()):
        rows += [{"prompt": pair["prompt"], "completion": pair[key], "label": key == "chosen"} for key in PAIR]
    return model, tiny.lines(folder / "marked.jsonl", rows)


def taught(folder: Path) -> tuple[Path, Path]:
    """Questions for a pupil, and beside it a teacher who learned the answers."""
    model, data = asked(folder)
    argv = [HFTERM, "train", "sft", str(model), str(data), "--name", "teacher"]
    run([*argv, *KNOWS.split()], {**os.environ, "HFTERM_HOME": str(folder.parent)}, str(folder))
    rows = [{"prompt": json.loads(line)["question"]} for line in data.read_text("utf-8").splitlines()]
    return model, tiny.lines(folder / "questions.jsonl", rows)


def letters(source: Path | None) -> Callable[[Path], tuple[Path, Path]]:
    """Spoken letters and syllables: which language are they of?"""

    def make(folder: Path) -> tuple[Path, Path]:
        sounds = folder / "sounds"
        if source is None:
            tiny.tones(sounds, each=60)
        else:
            for language in LANGUAGES:
                (sounds / language).mkdir(parents=True)
                for at, file in enumerate(sorted((source / language).rglob("*.ogg"))[:110]):
                    (sounds / language / f"{at}.ogg").symlink_to(file)
        return tiny.ast(folder / "model"), sounds

    return make


def cases(source: Path | None) -> list[Case]:
    """All of them."""
    sounds = ("tiny AST", "spoken letters in 4 languages" if source else "tones, high and low")
    facts = ("tiny Llama", "facts, each asked in 10 ways")
    pairs = ("tiny Llama", "answers and the same words shuffled")
    return [
        Case("sft", facts, "mean_token_accuracy", asked, KNOWS),
        Case("dpo", pairs, "rewards/accuracies", preferred, KNOWS),
        Case("kto", pairs, "rewards/margins", marked, KNOWS),
        Case("reward", pairs, "accuracy", preferred, KNOWS),
        Case(
            "distill",
            ("tiny Llama", "its own answers; a teacher who knows the facts"),
            "loss",
            taught,
            f"{KNOWS} --teacher run:teacher --max-completion-length 16",
        ),
        Case(
            "clm",
            ("byte GPT-2, no weights", "`pydoc_data.topics`"),
            "loss",
            pretraining,
            "--learning-rate 3e-3 --max-steps 220 --per-device-train-batch-size 16",
        ),
        Case(
            "mlm",
            ("tiny BERT", "`pydoc_data.topics`, paragraphs"),
            "loss",
            masked,
            "--learning-rate 2e-3 --num-train-epochs 4 --per-device-train-batch-size 32",
        ),
        Case(
            "seq2seq",
            ("tiny T5", "two words, turned round"),
            "exact_match",
            reversals,
            "--learning-rate 3e-3 --num-train-epochs 4 --per-device-train-batch-size 16 --metric exact_match,rougeL"
            " --max-target-length 8",
        ),
        Case(
            "classify",
            ("tiny BERT", "lines of Python's library: prose or code"),
            "accuracy",
            prose_or_code,
            "--learning-rate 1e-3 --num-train-epochs 2 --per-device-train-batch-size 32",
        ),
        Case(
            "tag",
            ("tiny BERT", "Python's tokens: keyword, name, number, op"),
            "f1_macro",
            tokens_of_code,
            "--learning-rate 2e-3 --num-train-epochs 3 --per-device-train-batch-size 16",
        ),
        Case(
            "image",
            ("tiny ViT", "scikit-learn's digits, PNG"),
            "accuracy",
            digits,
            "--learning-rate 2e-3 --num-train-epochs 8 --per-device-train-batch-size 32",
        ),
        Case(
            "audio",
            sounds,
            "accuracy",
            letters(source),
            "--learning-rate 1e-3 --num-train-epochs 12 --max-seconds 1",
            "0.25",
        ),
        *(
            Case(
                method,
                ("tiny Llama", "questions; reward: the share of letters e"),
                "reward",
                rewarded,
                "--peft none --learning-rate 2e-2 --max-steps 30 --max-completion-length 12 --num-generations 4"
                " --per-device-train-batch-size 16 --beta 0.001 --reward rules.py:letters_e",
            )
            for method in ("grpo", "rloo")
        ),
    ]


def measured(case: Case, folder: Path, env: dict[str, str]) -> str:
    """A row of the table."""
    model, data = case.make(folder)
    argv = [HFTERM, "train", case.task, str(model), str(data), "--name", case.task, "--eval-split", case.split]
    argv += ["--save-steps", "100000", "--set", "eval_on_start=true", *case.options.split()]
    taken = run(argv, env, str(folder))
    events = (Path(env["HFTERM_HOME"]) / "runs" / case.task / "events.jsonl").read_text("utf-8").splitlines()
    values: list[dict[str, Any]] = [json.loads(line) for line in events]
    found = [event[f"eval_{case.metric}"] for event in values if event["event"] == "eval"]
    who, what = case.about
    name = f"`{case.task}`"
    return f"| {name} | {who} | {what} | {case.metric} | {found[0]:.3f} | {found[-1]:.3f} | {taken.cpu:.0f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", nargs="*")
    parser.add_argument("--letters", type=Path)
    asked = parser.parse_args()
    print("| task | model | data | held-out metric | before | after | CPU s |")
    print("|---|---|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HFTERM_HOME": home, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        for case in cases(asked.letters and asked.letters.absolute()):
            if not asked.task or case.task in asked.task:
                folder = Path(home) / case.task
                folder.mkdir()
                print(measured(case, folder, env), flush=True)


if __name__ == "__main__":
    main()
