"""The command table: every group and verb, in the order of the help page, with its line of help."""

from typing import Any, NamedTuple


class Entry(NamedTuple):
    """A row of the command table.

    ``verbs`` makes it a group: each is the one-line help of a command, or the row of a group in the group.
    ``bare``: it also runs without a verb.
    """

    help: str
    section: str = ""
    verbs: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple default, never changed)
    bare: bool = False

    def lines(self) -> dict[str, str]:
        """Verb -> its one-line help."""
        return {name: verb.help if isinstance(verb, Entry) else verb for name, verb in self.verbs.items()}


# In the order of the help page. A verb appears here only once it works.
COMMANDS: dict[str, Entry] = {
    "hub": Entry(
        "Models and data sets: search, look, get, share",
        "Work",
        {
            "search": "Search models, data sets and spaces",
            "info": "Show what a repository is: task, size, licence, parameters",
            "card": "Read a repository's card",
            "ls": "List the files of a repository with their sizes",
            "cat": "Write a file of a repository, or a range of its bytes",
            "inspect": "Show what is in weights and data files; only their headers are read",
            "get": "Get files or whole repositories; goes on where it stopped",
            "put": "Send files and folders to a repository",
            "rm": "Remove files of a repository, or all of it",
            "create": "Make a repository",
            "move": "Rename a repository, or give it to another owner",
            "branch": "List, make or remove branches of a repository",
            "tag": "List, make or remove tags of a repository",
            "diff": "Show what differs between two revisions, or a folder and a repository",
            "cache": Entry(
                "What is cached: list, measure, remove, check, import",
                "",
                {
                    "ls": "List what is in the caches: size, files, last use",
                    "du": "Sum up the caches, and what a prune would free",
                    "rm": "Remove repositories, revisions or files from the caches",
                    "prune": "Remove what the caches can do without",
                    "verify": "Check cached files against their hashes",
                    "import": "Import repositories from a cache, an archive or a folder",
                },
            ),
            "login": "Log in to the Hub: keep a token from a prompt or a pipe",
            "logout": "Forget the token in use, one by name, or all",
            "whoami": "Show whose token is in use, and what it may do",
            "token": Entry(
                "List the kept tokens, masked; choose one, print one",
                "",
                {
                    "use": "Use a kept token from now on",
                    "print": "Print a token itself, for a program to read",
                },
                bare=True,
            ),
            "share": "Serve a cache or a store as a Hub, to machines without internet",
        },
    ),
    "data": Entry(
        "Rows of any format: look, pick, shape, convert",
        "Work",
        {
            "head": "Write the first rows",
            "tail": "Write the last rows",
            "sample": "Draw rows at random, each as likely as any other",
            "cat": "Write all rows as records, or convert them to another format",
            "schema": "Show the columns: their SQL types, and how many values are missing",
            "count": "Count the rows of each source",
            "info": "Show what sources are: format, rows, columns, bytes, compression",
            "stats": "Show what the values of each column are like",
            "validate": "Check that rows can be trained on; exit 6 when some cannot",
            "filter": "Keep the rows that a condition is true of",
            "select": "Keep some columns, or make rows of expressions",
            "map": "Add columns made by expressions, or make columns anew",
            "sql": "Answer an SQL query over the rows",
            "sort": "Put rows in order",
            "shuffle": "Mix rows up",
            "split": "Deal rows out at random to train, test and validation files",
            "concat": "Put sources one behind the other, their columns by name",
            "mix": "Mix the rows of sources at random, by weights",
            "dedup": "Keep the first of the rows that are equal",
            "format": "Turn records of the usual shapes into one shape",
            "convert": "Convert rows from any format to any other",
            "view": "Page through rows, however many, on the terminal",
            "get": "Get a data set of the Hub, or a split of it; goes on where it stopped",
            "put": "Put rows into a data set of the Hub, as Parquet with a card",
        },
    ),
    "tok": Entry(
        "Tokenizers: train, compare; encode, count, chunk, pack",
        "Work",
        {
            "train": "Train a tokenizer on texts",
            "encode": "Turn texts into token ids",
            "decode": "Turn token ids into text",
            "count": "Count the tokens of files or standard input",
            "chunk": "Cut texts into chunks of so many tokens",
            "pack": "Pack texts into shards of token ids for training",
            "chat": "Write conversations as the chat template makes them",
            "add": "Add tokens to a copy of a tokenizer",
            "info": "Show what a tokenizer is made of",
            "vocab": "List the tokens of a vocabulary with their ids",
            "diff": "Show what differs between two tokenizers",
            "bench": "Measure how fast each engine makes token ids, and compare the ids",
            "convert": "Make a fast tokenizer of a SentencePiece, tiktoken or slow one",
        },
    ),
    "train": Entry(
        "Fine-tune models, and follow the runs",
        "Work",
        {
            "sft": "Fine-tune a language model on instructions or chats",
            "dpo": "Tune a language model by pairs of answers, better and worse (DPO)",
            "kto": "Tune a language model by answers marked good or bad (KTO)",
            "reward": "Train a reward model by pairs of answers, better and worse",
            "grpo": "Tune a language model by rewards for its own completions (GRPO)",
            "rloo": "Tune a language model by rewards for its own completions (RLOO)",
            "distill": "Teach a language model to go on as a larger one would",
            "clm": "Pretrain a language model on plain text",
            "mlm": "Train a masked language model on plain text",
            "seq2seq": "Train text to text: translate, summarize, rewrite",
            "classify": "Train a classifier of texts, or of pairs of texts",
            "tag": "Train a tagger of words: names, parts of speech",
            "image": "Train a classifier of images",
            "audio": "Train a classifier of sounds",
            "launch": "Run your own training script on several GPUs, processes or nodes",
            "sbatch": "Write a batch script for Slurm that trains, and goes on when its time is up",
            "run": "Train as a recipe file says",
            "sweep": "Train a recipe once for each combination of settings",
            "init": "Write a recipe to begin with: each common field, its help and default",
            "schema": "List or explain the fields of a method: its recipe's and its library's",
            "validate": "Check recipes: every problem with its line; exit 6 when there is one",
            "plan": "Predict what a recipe needs of GPUs, and which strategies fit",
            "ls": "List training runs",
            "show": "Show one run: its state, settings and last metrics",
            "logs": "Print or follow a run's log or metrics",
            "attach": "Look on while a run works, until it has ended",
            "compare": "Compare runs: settings that differ, losses, metrics, speed, memory",
            "plot": "Draw the metrics of runs, logs and event files as charts",
            "stop": "Stop runs: each saves a checkpoint after its step",
            "resume": "Go on with a stopped, failed or lost run, in the background",
            "push": "Send what a run made to the Hub, with a card that tells of it",
            "note": "Print, write or clear a run's note",
            "rm": "Remove runs: their checkpoints, output and log",
        },
    ),
    "peft": Entry(
        "Adapters: methods, counts, a look inside, merge",
        "Work",
        {
            "methods": "List the methods of the installed PEFT, or one's settings",
            "params": "Count what a PEFT method would train in a model",
            "plan": "Compare PEFT methods: memory, what they train, adapter size",
            "info": "Show what an adapter is, and check that it is whole",
            "convert": "Convert an adapter to another program's format",
            "merge": "Merge an adapter into its base model",
            "unload": "Get the base model back out of a merged one",
            "combine": "Combine several adapters into one, each with its weight",
            "diff": "Show what differs between two adapters, or two whole models",
            "rescale": "Change an adapter's strength, or compress its rank",
            "extract": "Make a LoRA of what differs between two whole models",
            "add": "Make a fresh adapter for a model, as PEFT begins one",
        },
    ),
    "chat": Entry("Ask a model, once or in a conversation", "Work"),
    "mem": Entry("Predict what a model needs of GPUs to be trained or run", "Work"),
    "eval": Entry("Score predictions, or a model on records: accuracy, F1, loss", "Work"),
    "demo": Entry("Fine-tune a small model here, from nothing to a right answer", "Work"),
    "ui": Entry("Open the dashboard: GPUs, training runs, chat", "Work"),
    "gpu": Entry(
        "Show GPUs, or CPU and memory where there are none; wait for one",
        "Machine",
        {"procs": "List the processes on the GPUs", "wait": "Wait until a GPU is free, and print its index"},
        bare=True,
    ),
    "doctor": Entry("Check Python, libraries, accelerators, disk, network and terminal", "Machine"),
    "config": Entry(
        "Settings and where each value comes from",
        "Settings",
        {
            "ls": "List settings, their values and where they come from",
            "get": "Print one setting's value",
            "set": "Change or clear a setting",
            "edit": "Open the settings file in an editor",
            "path": "Print the path of the settings file",
        },
    ),
    "completion": Entry("Print or install the completion script of a shell", "Settings"),
    "help": Entry("Explain a topic or a command", "Settings"),
}
