"""Security as the configuration wants it, and the verdicts on what it counted."""

from collections.abc import Iterator
from functools import partial

from maintainer.checks.security import NAME, Security
from maintainer.checks.security_places import Exposure, of_tree
from maintainer.commands import verify_tree
from maintainer.commands.verify_tree import COMPARED, LISTED, Repository
from maintainer.config.verify import Verify
from maintainer.evidence import Evidence, Verdict

UNPUBLISHED = "not compared: no checksums are published of it (themes, bought plugins, and code of the site's own)"


def configured(verify: Verify, repository: Repository | None) -> Security:
    """The check, with the files of the repository that should be handed out to nobody."""
    private = tuple(Exposure(path, "private", None, "can be read by anybody") for path in verify.security.private)
    if repository is None:
        return Security(private)
    return Security((*private, *of_tree(repository.checkout.tracked())), partial(verify_tree.evidence, repository))


def judged(evidence: Evidence) -> Iterator[Verdict]:
    """The bill of materials that was written, and the code nobody could compare."""
    for one in evidence.measurements:
        if one.check != NAME or one.side != "head":
            continue
        count = one.samples[0]
        if one.metric == LISTED:
            packages = "1 package is" if count == 1 else f"{count:.0f} packages are"
            reason = f"{packages} in the bill of materials" if count else "no package is stated anywhere"
            yield Verdict(
                NAME, "sbom", "", "pass" if count else "skipped", reason, count, "count", artifacts=one.artifacts
            )
        elif one.metric == COMPARED and not count:
            yield Verdict(NAME, "checksums", one.where, "skipped", UNPUBLISHED)
