"""hfterm train ls."""

from hfterm.output import Output
from hfterm.text import human_seconds

from ..options import command

COLUMNS = ("name", "state", "method", "model", "step", "max_steps", "loss", "started", "seconds")


@command()
def cli(out: Output) -> None:
    """List training runs.

    Newest first. State is queued (waits_for says for what), running, done, failed, stopped (by a signal,
    resumable), lost (its process is gone, resumable) or damaged.

    \b
    Examples:
      hfterm train ls
      hfterm train ls -f json | jq -r '.[] | select(.state == "lost") | .name'
    """
    from hfterm import runs

    rows = [run.summary() for run in runs.all_runs()]
    out.records(
        rows,
        columns=(*COLUMNS, "waits_for") if any(row["state"] == "queued" for row in rows) else COLUMNS,
        key="name",
        show={"seconds": human_seconds, "model": _short, "started": _short_time},
        empty="no runs yet; start one with 'hfterm train sft MODEL DATA'",
    )


def _short(model: str | None) -> str:
    return (model or "-").rstrip("/").rpartition("/")[2] or "-"


def _short_time(moment: str | None) -> str:
    return (moment or "-")[:16].replace("T", " ")
