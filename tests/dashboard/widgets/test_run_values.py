"""Names of runs as titles of narrow columns."""

import pytest

from hfterm.dashboard.widgets.run_values import told_apart


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["a", "bc"], ["a", "bc"]),
        (["sft-llama-8b-lr1e-4", "sft-llama-8b-lr2e-5"], ["…lr1e-4", "…lr2e-5"]),
        (["alpha-2026-11", "beta-run-2026-11"], ["alpha-…", "beta-r…"]),
        (["dpo-llama-8b", "sft-llama-8b", "sft-llama-8b-lr1e-4"], ["dpo…-8b", "sft…-8b", "sft…e-4"]),
    ],
)
def test_names_still_differ(names: list[str], shown: list[str]) -> None:
    assert told_apart(names, 7, "…") == shown
