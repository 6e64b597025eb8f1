"""The pages of ``hfterm help TOPIC``."""

from hfterm.errors import EXIT_CODES

_EXIT_CODES = "Exit codes\n\n" + "".join(f"  {code:>3}  {meaning}\n" for code, meaning in EXIT_CODES.items())
_EXIT_CODES += """
The exit code of a program that hfterm starts is passed through.
"""

_FORMATS = """Formats

Results go to standard output; progress, notes and errors to standard error.
-f/--format chooses how records are written:

  table   columns for reading; the default on a terminal
  jsonl   JSON Lines: one object a line, written as they come; the default in a pipe
  json    one JSON array (one object where there is just one)
  csv     with a header; lists and objects as JSON in their cell
  tsv     the same with tabs
  yaml    a list of mappings
  quiet   the identifying value alone, one a line, for xargs

Machine formats carry raw values: bytes as integers, times as ISO 8601 UTC, no colour,
full width. A number that JSON lacks (NaN, infinity) is null.
A command that makes a file or folder prints its path alone; with -f json an object.

--progress auto|bar|plain|jsonl|none: a bar on a terminal, elsewhere a line now and then.
Records are read as JSON Lines, JSON, CSV, TSV or text, by the file's name or, on
standard input, by its first character; gzip is seen by itself.
"""

_ENVIRONMENT = """Environment

  HFTERM_HOME              folder of settings, runs and caches (default: the platform's)
  HFTERM_<SETTING>         any setting: HFTERM_FORMAT, HFTERM_TRAIN_SFT_LEARNING_RATE
  HFTERM_DEBUG=1           like --debug
  HF_HOME, HF_HUB_CACHE    where models of the Hub are kept
  HF_ENDPOINT, HF_TOKEN    the Hub's address; the token (never shown, logged or stored by hfterm)
  HF_HUB_OFFLINE=1         use only what is in the cache
  HFTERM_API_KEY           the key of a server that chat asks (else OPENAI_API_KEY); never
                           shown or stored. http_proxy, no_proxy, SSL_CERT_FILE: as usual
  CUDA_VISIBLE_DEVICES     the GPUs that may be used
  NO_COLOR, FORCE_COLOR    never colour; always colour
  COLUMNS, TERM            width; TERM=dumb means no colour and no moving text
  VISUAL, EDITOR           what hfterm config edit opens

Order: flags, then HFTERM_* variables, then ./hfterm.toml, then the user's config.toml,
then defaults. 'hfterm config ls' shows where each value comes from.
"""

_REFERENCES = """References: how a model, data set, tokenizer or adapter is named

  name, org/name           on the Hub; with @branch, @tag or @commit if wanted
  hf://org/name/path       a file or folder of a repository (hf://datasets/org/name/...)
  ./folder, ~/file, /abs   on this machine; also any name that exists here
  run:NAME                 the output of a training run
  run:NAME@STEP            its checkpoint at a step; @last, @best
  -                        references on standard input, one a line

A name that is both a folder here and on the Hub means the folder.
"""

TOPICS: dict[str, str] = {
    "exit-codes": _EXIT_CODES,
    "formats": _FORMATS,
    "environment": _ENVIRONMENT,
    "references": _REFERENCES,
}
