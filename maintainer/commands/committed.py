"""What stands beside committed packages and falls behind them: a theme's copies of templates, drop-ins."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence

from maintainer import errors
from maintainer.commands.scan import Scan
from maintainer.model import Finding, Problem
from maintainer.policy import drop_ins, template_overrides
from maintainer.text.globs import matcher
from maintainer.workspace.checkout import Files, decode

_PLUGIN_FILE = matcher(("**/plugins/*/**", "**/mu-plugins/*/**"))


def noticed(files: Files, scan: Scan) -> tuple[list[Finding], list[Problem]]:
    """Findings on what is committed, and what of it could not be read. Reads only what is compared."""
    problems: list[Problem] = []
    tracked = files.tracked()
    found = [*_templates(files, tracked, problems), *_drop_ins(files, tracked, scan, problems)]
    return found, problems


def _templates(files: Files, tracked: Sequence[str], problems: list[Problem]) -> Iterable[Finding]:
    near = [path for path in tracked if "/woocommerce/" in path]
    overrides = {path: template for path in near if (template := template_overrides.overridden(path))}
    wanted = frozenset(overrides.values())
    originals = [path for path in near if template_overrides.original(path) in wanted] if wanted else []
    if not originals:
        return ()
    return template_overrides.outdated(_texts(files, overrides, problems), _texts(files, originals, problems))


def _drop_ins(files: Files, tracked: Sequence[str], scan: Scan, problems: list[Problem]) -> Iterable[Finding]:
    ours = {finding.file for finding in scan.findings if finding.kind == "drop-in"}
    names = {posixpath.basename(path) for path in ours}
    copies = [path for path in tracked if ours and drop_ins.named(path) in names and _PLUGIN_FILE(path)]
    return drop_ins.stale(_texts(files, ours, problems), _texts(files, copies, problems)) if copies else ()


def _texts(files: Files, paths: Iterable[str], problems: list[Problem]) -> Mapping[str, str]:
    texts = {}
    for path, data in files.read_many(paths):
        try:
            if isinstance(data, errors.Unreadable):
                raise data
            texts[path] = decode(data, path)
        except errors.Unreadable as error:
            problems.append(Problem(path, "", str(error), error.exit_code))
    return texts
