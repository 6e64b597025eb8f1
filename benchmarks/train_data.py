"""Records made ready for supervised fine-tuning: hfterm against bare TRL, each in a process of its own.

    python benchmarks/train_data.py MODEL [--records N ...] [--parquet N]

MODEL is a folder with a tokenizer and a chat template. Both read JSON Lines of one question and one answer, and end
with the same token ids and labels, the answer's alone learned (checked by a digest over all of them). TRL keeps what
it makes in a cache on disk; a fresh one is used. Prints a line of JSON a measurement: CPU seconds and peak memory (MiB)
of the whole process, and the peak before there was data. ``--parquet`` measures hfterm alone over so many records.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path
from typing import Any

SAID = (
    "the a lighthouse keeper of ships sea morning question answer why because model token data write read open close "
    "red blue lamp harbour boat number seven compute list python function returns value error"
)
WORDS = SAID.split()


def sentence(draw: random.Random, most: int) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(most // 4, most))).capitalize()


def records(count: int) -> Any:
    draw = random.Random(1)
    for _ in range(count):
        yield {"question": sentence(draw, 30) + "?", "answer": sentence(draw, 70) + "."}


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def ours(model: str, data: str) -> tuple[int, Any]:
    import datasets  # noqa: F401  (imported before the clock runs, as for TRL)

    from hfterm.output import Output
    from hfterm.progress import Progress
    from hfterm.train import methods
    from hfterm.train.data import gather
    from hfterm.train.recipes import SftRecipe

    method, recipe = methods.get("sft"), SftRecipe(model, data)
    method.tokenizer(Path(model))
    before = peak()
    out = Output(quiet=True, progress="none")
    with tempfile.TemporaryDirectory() as spool:
        found = gather(recipe, Path(spool))[0]
        return before, method.material(recipe, Path(model), found, None, out, Progress(out)).train


def theirs(model: str, data: str) -> tuple[int, Any]:
    import datasets
    import trl
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    datasets.disable_progress_bars()
    tokenizer = AutoTokenizer.from_pretrained(model)
    shape = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    tiny = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), num_key_value_heads=1, **shape))
    before = peak()

    def turn(row: dict[str, str]) -> dict[str, Any]:
        return {
            "prompt": [{"role": "user", "content": row["question"]}],
            "completion": [{"role": "assistant", "content": row["answer"]}],
        }

    found = datasets.load_dataset("json", data_files=data, split="train").map(
        turn, remove_columns=["question", "answer"]
    )
    arguments = trl.SFTConfig(output_dir="unused", use_cpu=True, bf16=False, report_to="none", max_length=1024)
    trainer = trl.SFTTrainer(model=tiny, args=arguments, train_dataset=found, processing_class=tokenizer)
    return before, trainer.train_dataset


def measure(who: str, model: str, data: str) -> None:
    start, cpu = time.time(), time.process_time()
    before, made = {"hfterm": ours, "trl": theirs}[who](model, data)
    # What the imports cost is in both; it is told apart by a run over one record.
    facts = {
        "who": who,
        "cpu": time.process_time() - cpu,
        "wall": time.time() - start,
        "peak": peak(),
        "before": before,
    }
    digest = hashlib.sha256()
    for batch in made.select_columns(["input_ids", "labels"]).iter(1000):
        for column in ("input_ids", "labels"):
            for row in batch[column]:
                digest.update(array("q", row).tobytes())
    print(json.dumps({**facts, "rows": len(made), "digest": digest.hexdigest()[:16]}))


def child(who: str, model: str, data: Path, home: Path) -> None:
    env = {**os.environ, "OMP_NUM_THREADS": "1", "HF_DATASETS_CACHE": str(home / "datasets"), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, __file__, model, "--who", who, "--data", str(data)]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    print(done.stdout.splitlines()[-1], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--records", type=int, nargs="*", default=[1, 10_000, 100_000])
    parser.add_argument("--parquet", type=int)
    parser.add_argument("--who")
    parser.add_argument("--data")
    given = parser.parse_args()
    if given.who:
        measure(given.who, given.model, given.data)
        return
    for count in given.records:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder, "records.jsonl")
            data.write_text("".join(json.dumps(row) + "\n" for row in records(count)))
            for who in ("hfterm", "trl"):
                child(who, given.model, data, Path(folder))
    if given.parquet:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder, "records.parquet")
            schema = pa.schema([("question", pa.string()), ("answer", pa.string())])
            with pq.ParquetWriter(data, schema) as writer:
                batch = []
                for row in records(given.parquet):
                    batch.append(row)
                    if len(batch) == 50_000:
                        writer.write_table(pa.Table.from_pylist(batch, schema))
                        batch = []
                if batch:
                    writer.write_table(pa.Table.from_pylist(batch, schema))
            print(json.dumps({"parquet": data.stat().st_size >> 20}))
            child("hfterm", given.model, data, Path(folder))


if __name__ == "__main__":
    main()
