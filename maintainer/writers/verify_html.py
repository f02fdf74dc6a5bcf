"""A site's results as a page a person reads: one file, self-contained, without requests.

Texts from outside are escaped by the template; the page's policy lets nothing run but the slider's few lines, by their
digest, and nothing load but pictures within the page (https://www.w3.org/TR/CSP3/).
"""

import base64
import hashlib
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from maintainer.text.inert import CONTROL
from maintainer.text.language import ENGLISH, Language
from maintainer.writers import verify_field
from maintainer.writers.verify_view import CARDS, Results, view
from maintainer.writers.verify_words import MARKS, SAYS, duration, moment


def page(results: Results, zone: str = "UTC", language: Language = ENGLISH) -> str:
    """The page in that language; times are in that zone (an IANA name)."""
    environment = _environment()
    style, script = (_source(environment, name) for name in ("verify.css", "verify.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    shown = view(results, language)
    return environment.get_template("verify.html").render(
        language=language.name,
        say=language.say,
        number=language.number,
        view=shown,
        results=results,
        report=results.report,
        field=verify_field.table(results.report.field) if results.report.field else None,
        names=results.names,
        at=moment(results.report.at.astimezone(ZoneInfo(zone))),
        took=duration(results.seconds),
        marks=MARKS,
        says=SAYS,
        cards=CARDS,
        many=max(len(shown.why), len(shown.blind)) > CARDS,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=f"sha256-{digest}",
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("maintainer.writers"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _source(environment: Environment, name: str) -> str:
    assert environment.loader
    return environment.loader.get_source(environment, name)[0]


def _shown(value: object) -> object:
    """Text from outside without what is not seen: control characters, changes of direction, lone surrogates."""
    return CONTROL.sub("", value) if type(value) is str else value
