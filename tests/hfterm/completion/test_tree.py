"""The command tree as plain data."""

import click
import pytest

from hfterm.cli import COMMANDS, all_words, group_of
from hfterm.completion.generate import commands
from hfterm.completion.tree import FIXED, Argument, Option, Value, walk
from support import sample_tree


def sample():
    return walk(sample_tree.root, keys=sample_tree.KEYS, topics=["formats"])


def option(path: str, spelling: str) -> Option:
    return next(o for o in sample()[path].options if spelling in o.spellings)


def test_every_command_is_there_but_the_hidden():
    tree = sample()
    own = [words for words in tree if not words.startswith("help ")]
    assert sorted(own) == [
        "",
        "get-key",
        "gpu",
        "gpu procs",
        "help",
        "merge",
        "pull",
        "train",
        "train sft",
        "train show",
    ]
    assert tree["train"].commands == {"sft": "Fine-tune a model", "show": "Show a run"}


def test_options_with_spellings_values_and_help():
    assert option("train sft", "-f") == Option(
        ("-f", "--format"), Value("choice", ("table", "jsonl", "json"), "FORMAT"), 1, False, "Output format"
    )
    assert option("train sft", "--no-packing") == Option(("--packing", "--no-packing"), None, 0, False, "Pack")
    assert option("train sft", "-v").repeatable and option("train sft", "-v").value is None
    assert option("train sft", "-i").repeatable
    assert option("train sft", "--pair").nargs == 2
    assert option("train sft", "-l").help == "Rate"
    assert option("train sft", "--precision").value == Value("choice", ("FLOAT", "HALF"), "PRECISION")
    assert option("train sft", "--help").value is None
    assert not any("--secret" in o.spellings for o in sample()["train sft"].options)


def test_kinds_come_from_metavar_name_and_type():
    tree = sample()
    assert tree["train sft"].arguments == (
        Argument(Value("models", (), "MODEL"), 1),
        Argument(Value("files", (), "DATA"), -1),
    )
    assert option("train sft", "--base").value == Value("models", (), "MODEL")
    assert option("train sft", "-o").value == Value("folders", (), "OUTPUT")
    assert tree["train show"].arguments[0].value.kind == "runs"
    assert tree["merge"].arguments[0].value.kind == "adapters"
    assert tree["get-key"].arguments[0].value == Value("keys", sample_tree.KEYS, "KEY")


def test_settings_are_those_of_their_option():
    tree = commands()
    kinds = {
        (words, o.spellings[0]): o.value.kind
        for words, command in tree.items()
        for o in command.options
        if o.value and o.spellings[0] in ("--set", "--peft-set", "--grid")
    }
    assert kinds["train sft", "--set"] == kinds["train clm", "--set"] == "fieldkeys"
    assert kinds["train run", "--set"] == kinds["train sweep", "--grid"] == "recipekeys"
    assert {kind for (_, option), kind in kinds.items() if option == "--peft-set"} == {"peftkeys"}
    assert kinds["train sbatch", "--set"] == "any", "those of sbatch itself"


def test_a_plural_counts_as_its_singular():
    @click.command()
    @click.argument("files", nargs=-1)
    @click.option("--runs", help="Some.")
    @click.option("--alias", help="Other.")
    @click.option("--pairs", metavar="KEY=VALUE", help="A pair.")
    @click.option("--per-device", help="Another word.")
    def plural(**_):
        pass

    command = walk(plural)[""]
    assert command.arguments[0].value.kind == "files"
    assert [o.value.kind for o in command.options if o.value] == ["runs", "any", "any", "any"]


def test_help_takes_the_words_of_every_command():
    tree = sample()
    assert tree["help"].commands == {"formats": "Topic", **tree[""].commands}
    assert tree["help train"].commands == tree["train"].commands
    assert tree["help train sft"].commands == {} == tree["help formats"].commands


def test_a_command_that_cannot_be_loaded_keeps_its_name():
    class Broken(click.Group):
        def list_commands(self, ctx):
            return ["good", "bad"]

        def get_command(self, ctx, name):
            if name == "bad":
                raise ImportError("no such module")
            return click.Command("good", help="Works.")

    failed = []
    tree = walk(Broken(), on_error=lambda words, exc: failed.append((words, str(exc))))
    assert failed == [(("bad",), "no such module")]
    assert list(tree[""].commands) == ["good", "bad"]
    assert tree["bad"].options == ()
    with pytest.raises(ImportError):
        walk(Broken())


def test_methods_and_schedules_are_those_of_the_libraries():
    pytest.importorskip("peft")
    from transformers.trainer_utils import SchedulerType

    from hfterm.peft import methods

    assert FIXED["METHOD"] == ("none", *methods.names())
    assert FIXED["LR_SCHEDULER_TYPE"] == tuple(s.value for s in SchedulerType)


def test_the_real_tree_holds_every_row_of_the_table():
    tree = commands()
    assert list(tree[""].commands) == list(COMMANDS)
    for name, entry in COMMANDS.items():
        assert tree[""].commands[name] == entry.help
        assert tree[name].commands == entry.lines() or name == "help"
    for words in all_words():
        assert tree[" ".join(words)].options or group_of(words)
