"""`verify --changed`: the checks that the change needs, and why the others are left out."""

from collections.abc import Iterator, Mapping

from maintainer.commands.context import Context
from maintainer.commands.verify_checks import Kind
from maintainer.commands.verify_target import Commits, changed
from maintainer.config.verify import Verify
from maintainer.errors import Unreadable
from maintainer.evidence import Verdict
from maintainer.policy.relevance import Needs, Rule, composer, needs
from maintainer.workspace.checkout import Checkout, Files, decode


def needed(
    context: Context, checkout: Checkout, verify: Verify, of: Commits, checks: Mapping[str, Kind]
) -> tuple[dict[str, Kind], tuple[Verdict, ...]]:
    """The checks of `checks` that what was changed needs, and a verdict for each that is left out.

    All of them where it isn't known what was changed. Where none is needed, that alone is a pass.
    """
    paths = changed(checkout, of)
    if paths is None:
        context.say("--changed: what the change touches is not known (fetch the branch it goes to): every check looks.")
        return dict(checks), ()
    stated = [
        Rule(f"what verify.changed[{index}] names", one.paths, one.checks) for index, one in enumerate(verify.changed)
    ]
    found = needs(paths, stated, verify.purchase_path, _packages(checkout, of, paths))
    kept = {name: kind for name, kind in checks.items() if found.checks is None or name in found.checks}
    return kept, tuple(_left_out(found, [name for name in checks if name not in kept], any_left=bool(kept)))


def _left_out(found: Needs, names: list[str], *, any_left: bool) -> Iterator[Verdict]:
    if names and not any_left:
        yield Verdict("changed", "touches", "", "pass", f"{found.words}: no check looks at that")
    for name in names:
        yield Verdict(name, "looked", "", "skipped", f"the change touches {found.words}, which it doesn't look at")


def _packages(checkout: Checkout, of: Commits, paths: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The places behind each of Composer's files, where no more than versions differ."""
    assert of.base, "what was changed is known"
    before, places = checkout.at(of.base), dict[str, tuple[str, ...]]()
    for path in paths:
        name = path.rpartition("/")[2]
        if name not in ("composer.json", "composer.lock"):
            continue
        texts = _text(before, path), _text(checkout, path)
        found = composer(*texts, lock=name == "composer.lock")
        # What composer.json requires counts by its lock file, and only beside one.
        if found is not None and (name == "composer.lock" or f"{path.removesuffix('json')}lock" in paths):
            places[path] = found
    return places


def _text(files: Files, path: str) -> str:
    try:
        return decode(files.read(path), path)
    except Unreadable:
        return ""
