"""A task of Transformers' Trainer as a user calls it: from a folder of images to a model, and what goes wrong."""

import json
import shutil

from support import tiny_tasks as tiny
from support.cli import Hfterm


def test_images_from_a_folder_to_a_model(hfterm: Hfterm) -> None:
    folder = tiny.stripes(hfterm.home / "stripes")
    model = tiny.vit(hfterm.home / "vit")
    args = ["train", "image", model, folder, "--eval-split", "0.2", "--learning-rate", "1e-3"]
    more = [
        "--name",
        "stripes",
        "--num-train-epochs",
        "6",
        "--set",
        "per_device_train_batch_size=4",
        "--metric",
        "accuracy",
    ]
    done = hfterm(*args, *more, "--progress", "none", "-f", "json", check=0)
    result = json.loads(done.stdout)
    assert result["metrics"]["eval_accuracy"] > 0.9 and "eval_f1_macro" not in result["metrics"]
    assert result["samples_per_second"] > 0 and result["steps"] == 72
    assert done.stderr == "the model gets a new head: classifier\n"
    config = json.loads((hfterm.home / "hfterm/runs/stripes/output/config.json").read_text())
    assert config["id2label"] == {"0": "across", "1": "down"}
    # Of a finished run its result is told again, as it was.
    again = hfterm("train", "image", "--resume", "--name", "stripes", "-f", "json", check=0)
    assert json.loads(again.stdout) == result
    assert "\n72 steps in " in again.stderr and " samples/s, peak memory " in again.stderr
    # A single folder says nothing about labels.
    shutil.rmtree(folder / "down")
    one = hfterm("train", "image", model, folder, "--progress", "none", check=6)
    assert one.stderr.endswith("no label in it; put the files of each label into a folder of its own\n")
