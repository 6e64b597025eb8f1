"""Texts of JSON Lines to token ids, whole processes: ``hfterm tok`` against the libraries, interleaved.

    python benchmarks/tok.py [ROUNDS] [MEGABYTES] [TOKENIZER]

TOKENIZER is a folder with a tokenizer.json (default: a byte-level BPE of 16,000 tokens, trained here on the same
texts). Prints a Markdown table: medians of the CPU seconds (user + system) and wall seconds of the whole process, MB of
JSON Lines a CPU second, its peak memory, and the CPU seconds as a ratio of hfterm's. The first round fills the caches
and makes the one-time proof of hfterm's fast engine, and is not counted; "first use" is hfterm with an empty cache.
tiktoken (a peer that hfterm does not need) is left out where it is not installed, or where the tokenizer is no
byte-level BPE that splits as GPT-2 does.
"""

import importlib.util
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from processes import Taken, run

BIN = Path(sys.executable).parent
HFTERM, PYTHON = str(BIN / "hfterm"), sys.executable
LINES = "import json; texts = [json.loads(line)['text'] for line in open('a.jsonl', encoding='utf-8')]; "
LIBRARY = LINES + "from tokenizers import Tokenizer; t = Tokenizer.from_file('tok/tokenizer.json'); "
BATCHES = "for at in range(0, len(texts), 2000):\n "
EACH = "many = lambda some: [e.ids for e in t.encode_batch_fast(some, add_special_tokens=False)]\n"
MAP = (
    "import datasets, tempfile; datasets.disable_progress_bars(); from transformers import PreTrainedTokenizerFast; "
    "t = PreTrainedTokenizerFast(tokenizer_file='tok/tokenizer.json'); "
    "d = datasets.load_dataset('json', data_files='a.jsonl', split='train', cache_dir=tempfile.mkdtemp(dir='.')); "
    "d = d.map(lambda b: {'ids': t(b['text'], add_special_tokens=False)['input_ids']}, batched=True, "
    "remove_columns=d.column_names); "
)
TIKTOKEN = (
    LINES + "import tiktoken; from tokenizers.pre_tokenizers import ByteLevel\n"
    "content = json.load(open('tok/tokenizer.json'))\n"
    "kept = [*range(33, 127), *range(161, 173), *range(174, 256)]\n"
    "rest = [b for b in range(256) if b not in kept]\n"
    "back = {chr(b): b for b in kept} | {chr(256 + n): b for n, b in enumerate(rest)}\n"
    "special = {a['content'] for a in content['added_tokens']}\n"
    "ranks = {bytes(back[c] for c in k): v for k, v in content['model']['vocab'].items() if k not in special}\n"
    r"""split = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+" """ + "\n"
    "t = tiktoken.Encoding('own', pat_str=split, mergeable_ranks=ranks, special_tokens={})\n"
    "many = lambda some: t.encode_ordinary_batch(some, num_threads=2)\n"
)
ENCODE = BATCHES + "for ids in many(texts[at:at + 2000]): print(json.dumps({'ids': ids}))"
COUNT = "n = 0\n" + BATCHES + "n += sum(map(len, many(texts[at:at + 2000])))"
PACK = (
    "import numpy as np\nwith open('peer.bin', 'wb') as s:\n for at in range(0, len(texts), 2000):\n"
    "  for ids in many(texts[at:at + 2000]): s.write(np.array([*ids, 0], 'u4').tobytes())"
)
MAP_PACK = (
    "import numpy as np\nwith open('map.bin', 'wb') as s:\n"
    " for batch in d.iter(2000):\n  for ids in batch['ids']: s.write(np.array([*ids, 0], 'u4').tobytes())"
)


def fill(path: Path, megabytes: float) -> None:
    """Records with an id and about 2,000 characters of the program text and notes that come with Python."""
    suffixes = (".py", ".txt", ".rst", ".md", "")
    files = sorted(file for file in Path(os.__file__).parent.rglob("*") if file.suffix in suffixes and file.is_file())
    random.Random(1).shuffle(files)
    number = 0
    with path.open("w", encoding="utf-8") as stream:
        while stream.tell() < megabytes * 1e6:
            for file in files:
                try:
                    content = file.read_text("utf-8")
                except (OSError, UnicodeDecodeError):
                    continue
                for at in range(0, len(content), 2000):
                    row = {"id": number, "text": content[at : at + 2000]}
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")
                    number += 1
                if stream.tell() >= megabytes * 1e6:
                    return


def ours(*argv: str) -> list[str]:
    return [HFTERM, "tok", *argv, "-m", "./tok", "a.jsonl", "-q"]


def cases(fits_tiktoken: bool) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    pack = ("pack", "-o", "packed", "--overwrite", "--end", "<|endoftext|>")
    for work, call, own, mapped in (
        ("encode to JSON Lines", ("encode",), ENCODE, "d.to_json('/dev/stdout')"),
        ("count", ("count",), COUNT, "print(sum(map(len, d['ids'])))"),
        ("pack", pack, PACK, MAP_PACK),
    ):
        found[work] = {
            "hfterm": ours(*call),
            "hfterm --engine tokenizers": ours(*call, "--engine", "tokenizers"),
            "tokenizers encode_batch_fast": [PYTHON, "-c", f"{LIBRARY}\n{EACH}{own}"],
            "datasets.map": [PYTHON, "-c", f"{MAP}\n{mapped}"],
        }
        if fits_tiktoken:
            found[work]["tiktoken"] = [PYTHON, "-c", f"{TIKTOKEN}{own}"]
    found["count"]["hfterm, first use"] = [
        "bash",
        "-c",
        f"rm -rf fresh; HFTERM_HOME=$PWD/fresh {' '.join(ours('count'))}",
    ]
    return found


def main() -> None:
    rounds, megabytes = (float(a) for a in [*sys.argv[1:3], *("3", "50")[len(sys.argv[1:3]) :]])
    given = sys.argv[3] if len(sys.argv) > 3 else None
    print(
        "| work | program | CPU s | wall s | MB per CPU s | peak MiB | CPU ratio |\n|---|---|---:|---:|---:|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as home:
        fill(Path(home, "a.jsonl"), megabytes)
        size = Path(home, "a.jsonl").stat().st_size / 1e6
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "PYTHON"))}
        env |= {"HOME": home, "HFTERM_HOME": f"{home}/hfterm", "HF_HOME": f"{home}/hf", "HF_HUB_OFFLINE": "1"}
        if given:
            Path(home, "tok").symlink_to(Path(given).resolve())
        else:
            with Path(home, "a.jsonl").open() as stream, Path(home, "b.jsonl").open("w") as some:
                some.writelines(line for number, line in enumerate(stream) if number < 2500)
            train = [HFTERM, "tok", "train", "bytebpe", "b.jsonl", "-o", "tok", "--vocab-size", "16000"]
            subprocess.run(train, env=env, cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for work, programs in cases(not given and importlib.util.find_spec("tiktoken") is not None).items():
            taken: dict[str, list[Taken]] = {name: [] for name in programs}
            for number in range(-1, int(rounds)):
                for name, argv in programs.items():
                    one = run(argv, env, home)
                    taken[name] += [one] * (number >= 0)
            base = 0.0
            for name, values in taken.items():
                cpu, wall, peak = (statistics.median(v[i] for v in values) for i in range(3))
                base = base or cpu
                speed = size / cpu
                row = f"| {work} | {name} | {cpu:.2f} | {wall:.2f} | {speed:.1f} | {peak:.0f} | {cpu / base:.1f} |"
                print(row, flush=True)


main()
