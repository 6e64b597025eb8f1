"""Each library against what hfterm needs and was tested with; extras; conflicts within the environment."""

from collections.abc import Iterable
from importlib import metadata
from typing import TYPE_CHECKING

from hfterm.extras import install_line
from hfterm.monitor.checks import Check
from hfterm.monitor.tested import TESTED

if TYPE_CHECKING:
    from packaging.requirements import Requirement

GROUP = "Libraries"
CONFLICTS = "conflicts"
# Extras that are not for users.
HIDDEN_EXTRAS = ("all", "dev")


def checks() -> list[Check]:
    """Rows of this subject."""
    core, extras = _needs()
    rows = [_library(need, True) for need in core]
    seen = {_name(need.name) for need in core}
    missing: dict[str, list[str]] = {}
    for extra, needs in extras.items():
        for need in needs:
            if _version(need.name) is None:
                missing.setdefault(extra, []).append(need.name)
            elif _name(need.name) not in seen:
                seen.add(_name(need.name))
                rows.append(_library(need, False))
    rows += [
        Check(GROUP, f"extra {extra}", "info", "not installed", f"lacks {', '.join(names)}", install_line(extra))
        for extra, names in missing.items()
    ]
    return [*rows, _conflicts(metadata.distributions())]


def _name(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _needs() -> tuple[list["Requirement"], dict[str, list["Requirement"]]]:
    """What hfterm requires, and what each of its extras does."""
    from packaging.requirements import Requirement

    needs = [Requirement(text) for text in metadata.requires("hfterm") or []]
    needs = [need for need in needs if _name(need.name) != "hfterm"]
    core = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    extras: dict[str, list[Requirement]] = {}
    for extra in metadata.metadata("hfterm").get_all("Provides-Extra") or []:
        if extra not in HIDDEN_EXTRAS:
            own = [n for n in needs if n.marker is not None and n not in core and n.marker.evaluate({"extra": extra})]
            extras[extra] = own
    return core, extras


def _library(need: "Requirement", core: bool) -> Check:
    from packaging.version import InvalidVersion, Version

    found, tested = _version(need.name), TESTED.get(_name(need.name))
    again = f"pip install '{need.name}{need.specifier}'"
    if found is None:
        return Check(GROUP, need.name, "fail", "missing", "hfterm needs it", again)
    try:
        version = Version(found)
    except InvalidVersion:
        return Check(GROUP, need.name, "warn", found, "not a version", f"{again} --force-reinstall")
    if not need.specifier.contains(version, prereleases=True):
        return Check(GROUP, need.name, "fail" if core else "warn", found, f"hfterm needs {need.specifier}", again)
    if tested is None or version.public == Version(tested).public:
        return Check(GROUP, need.name, "ok", found)
    return Check(GROUP, need.name, "info", found, f"tested with {tested}")


def _conflicts(distributions: Iterable[metadata.Distribution]) -> Check:
    """Requirements of the installed libraries that the installed versions do not meet, hfterm's own apart."""
    from packaging.requirements import InvalidRequirement, Requirement

    found = []
    for distribution in distributions:
        name = distribution.metadata["Name"]
        if not name or _name(name) == "hfterm":
            continue
        for text in distribution.requires or []:
            try:
                need = Requirement(text)
            except InvalidRequirement:
                continue
            if need.marker is not None and not need.marker.evaluate({"extra": ""}):
                continue
            have = _version(need.name)
            if have is None:
                found.append(f"{name} needs {need.name}, which is missing")
            elif not need.specifier.contains(have, prereleases=True):
                found.append(f"{name} {distribution.version} needs {need.name}{need.specifier}, not {have}")
    if not found:
        return Check(GROUP, CONFLICTS, "ok", "none")
    found = sorted(set(found))
    more = f" (and {len(found) - 5} more)" if len(found) > 5 else ""
    return Check(
        GROUP,
        CONFLICTS,
        "warn",
        str(len(found)),
        "; ".join(found[:5]) + more,
        "install again with hfterm's constraints.txt in a fresh environment; 'pip check' lists all",
    )
