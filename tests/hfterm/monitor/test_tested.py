"""The shipped list of tested versions is what constraints.txt says."""

import re
from pathlib import Path

from packaging.utils import canonicalize_name

from hfterm.monitor.tested import TESTED

CONSTRAINTS = Path(__file__).parents[3] / "constraints.txt"


def test_tested_versions_are_those_of_the_constraints() -> None:
    pins = re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)", CONSTRAINTS.read_text(), re.M)
    expected = {canonicalize_name(name): version for name, version in pins}
    assert expected
    assert expected == TESTED, "run: python -m cogapp -r hfterm/monitor/tested.py"
