"""WordPress itself committed to git: `wp-includes/version.php`; and whether the site is a multisite."""

import posixpath
import re
from collections.abc import Sequence

from maintainer.errors import Unreadable
from maintainer.model import Dependency, Finding, Found, Manifest, Source, Span, Step, Unpack, Update
from maintainer.text.edits import line_of

FILES: tuple[str, ...] = ("**/wp-includes/version.php", "**/wp-config.php", "**/config/application.php")
BESIDE: tuple[str, ...] = ()

#: The real file is a page long; what makes another one longer is not worth reading.
_CHARACTERS = 64 * 1024
#: `$wp_version = '6.4.5';` as a statement, with or without blanks; `wp_local_package` stands in translated builds.
_SET = re.compile(
    r"(?:^|[;\n\r{}]|<\?php\b|\*/)[ \t\r\n]{0,200}"
    r"\$(?P<name>wp_version|wp_local_package|required_php_version|required_mysql_version)"
    r"[ \t]*=[ \t]*(?P<quote>['\"])(?P<value>[^'\"\n\r\\$]{1,60})(?P=quote)[ \t]*;"
)
#: Builds of every commit (`6.5-alpha-57299`, `6.5-beta2-57500-src`): no release has their name.
_RELEASE = re.compile(r"\d+(?:\.\d+){1,2}(?:-(?:beta|RC)\d+)?", re.A)
#: Stubs and fixtures: WordPress does not live inside a plugin or theme.
_NESTED = re.compile(r"(?:^|/)(?:(?:mu-)?plugins|themes)/[^/]+/", re.S)
_LOCALE = re.compile(r"[A-Za-z0-9_]{2,20}", re.A)
_MULTISITE = re.compile(
    r"""^(?![ \t]*(?://|\#|\*|/\*))[^\n]*?\bdefine[ \t]*\([ \t]*(['"])MULTISITE\1[ \t]*,(?![ \t]*(?:false|0)\b)""",
    re.M | re.I,
)


def extract(manifest: Manifest) -> Sequence[Found]:
    """The version of WordPress; of a configuration only whether it makes a multisite.

    Raises `errors.Unreadable` for a version.php that sets no version.
    """
    if _NESTED.search(manifest.path):
        return ()
    if not manifest.path.endswith("wp-includes/version.php"):
        return tuple(_multisite(manifest))
    # A following statement shares its `;` with the one before it: hence one search after another.
    values: dict[str, tuple[str, Span]] = {}
    at = 0
    while stated := _SET.search(manifest.text, at, _CHARACTERS):
        values[stated["name"]] = stated["value"], Span(*stated.span("value"))
        at = stated.end() - 1
    if "wp_version" not in values:
        raise Unreadable("sets no $wp_version, so it is no version.php of WordPress that can be read.")
    version, span = values["wp_version"]
    if not _RELEASE.fullmatch(version):
        return (
            Finding(
                "development-build",
                manifest.path,
                f"WordPress {version}",
                f"WordPress {version} is a development build, not a release: left alone. "
                "Put a release in its place to have it kept up to date.",
                line=line_of(manifest.text, span.start),
            ),
        )
    locale = values["wp_local_package"][0] if "wp_local_package" in values else "en_US"
    package = "core" if locale == "en_US" or not _LOCALE.fullmatch(locale) else f"core:{locale}"
    needs = {"required_php_version": "php", "required_mysql_version": "mysql"}
    return (
        Dependency(
            manager="wordpress_core",
            file=manifest.path,
            name="wordpress",
            source=Source("wordpress", package),
            scheme="wordpress",
            at=span,
            text=version,
            constraint=version,
            current=version,
            section="core",
            committed=True,
            root=posixpath.dirname(posixpath.dirname(manifest.path)),
            requires={key: f">={values[name][0]}" for name, key in needs.items() if name in values},
        ),
    )


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    """One Unpack of core: the archive brings the new version.php along."""
    return tuple(
        Unpack(
            "core", update.dependency.source, update.dependency.current or "", update.release, update.dependency.root
        )
        for update in updates
    )


def _multisite(manifest: Manifest) -> Sequence[Finding]:
    stated = _MULTISITE.search(manifest.text)
    if stated is None:
        return ()
    return (
        Finding(
            "multisite",
            manifest.path,
            "multisite",
            "This is a WordPress multisite: an update reaches every site of the network at once. "
            "After it is deployed, upgrade all their databases (`wp core update-db --network`).",
            line=line_of(manifest.text, stated.start()),
        ),
    )
