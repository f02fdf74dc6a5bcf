"""What a file will say of a version.

    restated(dependency, release, scheme, strategy) -> str | None
    widened(dependency, release, scheme) -> str | None

Strategies, for a range (an exact version is always bumped):

* `lock`, the default: where the range allows the release only the lock file moves; where it doesn't, the range is
  bumped, as Renovate's `update-lockfile` and Composer's and npm's own `update` do;
* `bump`: the release becomes the lower bound in every case;
* `widen`: the range also allows the release, and forbids nothing it allowed.

None means that nothing is to be done: the range allows the release and there is no lock file to move.
"""

from maintainer.errors import InvalidVersion
from maintainer.model import Dependency, Release, Strategy
from maintainer.versions.base import Scheme


def restated(dependency: Dependency, release: Release, scheme: Scheme, strategy: Strategy | None = None) -> str | None:
    """The text at `dependency.at` for a release.

    Raises `errors.InvalidConstraint` where no faithful text exists and `errors.InvalidVersion` for what is no version.
    A digest is replaced by the release's own; without one the text would pin other code than it names.
    """
    constraint = _constraint(dependency, release.version, scheme, strategy)
    if constraint is None:
        return None
    text = replaced(dependency.text, dependency.constraint, constraint, dependency.digest)
    if dependency.digest and release.digest:
        text = text.replace(dependency.digest, release.digest, 1)
    return text


def widened(dependency: Dependency, release: Release, scheme: Scheme) -> str | None:
    """The text that also allows the release, None when it does already; raises as `restated`."""
    if scheme.satisfies(dependency.constraint, release.version):
        return None
    return replaced(
        dependency.text,
        dependency.constraint,
        scheme.rewrite(dependency.constraint, release.version, "widen"),
        dependency.digest,
    )


def replaced(text: str, old: str, new: str, digest: str | None = None) -> str:
    """`text` with its constraint exchanged: the last one, as a name may hold the same digits, but not in the digest."""
    if text == old:
        return new
    start = text.find(digest) if digest else -1
    if digest and start >= 0:
        end = start + len(digest)
        if old in text[end:]:
            return text[:end] + replaced(text[end:], old, new)
        return replaced(text[:start], old, new) + text[start:]
    at = text.rfind(old)
    if at < 0 or not old:
        raise InvalidVersion(f"{text[:80]!r} doesn't hold the {old[:80]!r} that was read from it.")
    return text[:at] + new + text[at + len(old) :]


def _constraint(dependency: Dependency, version: str, scheme: Scheme, strategy: Strategy | None) -> str | None:
    constraint = dependency.constraint
    if scheme.pinned(constraint) is not None:
        return scheme.rewrite(constraint, version, "bump")
    if strategy == "bump":
        return scheme.rewrite(constraint, version, "bump")
    if scheme.satisfies(constraint, version):
        return constraint if dependency.locked is not None else None
    return scheme.rewrite(constraint, version, "widen" if strategy == "widen" else "bump")
