"""Verdicts beside lines of files: for CI's annotations, and for a check on a forge."""

from collections.abc import Callable, Iterator, Sequence

from maintainer.evidence import Verdict
from maintainer.text.language import ENGLISH, Language
from maintainer.writers.annotations import Annotation
from maintainer.writers.verify_places import Place
from maintainer.writers.verify_rows import rows


def annotations(
    verdicts: Sequence[Verdict], place: Callable[[Verdict], Place], language: Language = ENGLISH
) -> Iterator[Annotation]:
    """One for each thing that fails or could not be judged, the worst first, wherever else it is said of."""
    for row in rows(verdicts, language):
        if row.outcome in ("fail", "inconclusive"):
            at = place(row.verdicts[0])
            fails = row.outcome == "fail"
            where = f" {row.where}" if row.where else ""
            yield Annotation(
                "error" if fails else "warning",
                f"verify-{row.check}-{row.verdicts[0].rule}",
                at.path,
                at.line,
                f"{language.say(row.check, 'check')}{where}: {language.say(row.outcome)}",
                row.reason,
                "high" if fails else "medium",
            )
