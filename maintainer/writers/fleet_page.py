"""A fleet's summary as a page, one file and self-contained: who is vulnerable, who is behind, what is held."""

from jinja2 import Environment, PackageLoader

from maintainer.text.result import COUNTS, SEVERITIES
from maintainer.writers.fleet_rows import MARKS, ORDER, WORDS, Summary
from maintainer.writers.fleet_text import work


def page(summary: Summary, title: str, at: str) -> str:
    """The page; `at` is the moment it was made, in words."""
    environment = Environment(
        loader=PackageLoader("maintainer.writers"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    most = max((count for _, count in summary.behind), default=1)
    return environment.get_template("fleet.html").render(
        summary=summary,
        title=title,
        at=at,
        work=work(summary),
        words=WORDS,
        marks=MARKS,
        order=ORDER,
        counts=COUNTS,
        severities=SEVERITIES,
        most=most,
    )


def _shown(value: object) -> object:
    """Text from outside without what is not seen: control characters, changes of direction."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(character for character in value if character.isprintable())
