"""The keys `changelog` and `release`: what is told of a release, to whom, and how it is made."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from maintainer.config.fields import Flag, Globs, Section, Text, Texts, described, read
from maintainer.config.spelling import quoted
from maintainer.policy.release_version import Rule, check

#: The sections of https://keepachangelog.com/en/1.1.0/.
Heading = Literal["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "hidden"]
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PATH = re.compile(r"(?!/)(?!.*(?:^|/)\.\.?(?:/|$))[^\0\\]{1,500}")


def path(text: str) -> str:
    """A path below the repository's root, without `.` and `..`."""
    if not _PATH.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no path in the repository. Write it from its root, such as docs/logo.png.")
    return text


def tag(text: str) -> str:
    """How a tag is written: https://git-scm.com/docs/git-check-ref-format."""
    made = text.replace("{version}", "1.0.0")
    bad = re.search(r"[\s~^:?*\[\\\x00-\x1f\x7f]|\.\.|@\{|//|^[-./]|/$|\.$|\.lock$|/\.", made)
    if text.count("{version}") != 1 or bad or len(text) > 100:
        raise ValueError(f"{quoted(text)} is no form of tags. Write v{{version}} or shop@{{version}}.")
    return text


def colour(text: str) -> str:
    """`#0757ba`."""
    if not _COLOUR.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no colour. Write it as '#0757ba', in quotes.")
    return text.lower()


Path = Annotated[str, read(path), described(type="string", minLength=1, examples=["CHANGELOG.md", "packages/cart"])]
Tag = Annotated[str, read(tag), described(type="string", examples=["v{version}", "shop@{version}"])]
Form = Annotated[str, read(check), described(type="string", examples=["semver", "YYYY.0W[.MICRO]", "YYYY.MM.MICRO"])]
Colour = Annotated[str, read(colour), described(type="string", pattern="^#[0-9a-fA-F]{6}$", examples=["#0757ba"])]


class Package(Section):
    """A part of the repository that is released by itself."""

    name: Annotated[Text, Field(max_length=100, description="Its name.")]
    path: Annotated[Path, Field(description="Its folder.")]
    file: Annotated[Path | None, Field(description="Its changelog; CHANGELOG.md in its folder otherwise.")] = None
    tag: Annotated[Tag | None, Field(description="How its tags are written; name@{version} otherwise.")] = None


class Changelog(Section):
    """What CHANGELOG.md tells, and where."""

    file: Annotated[Path, Field(description="The file, in the form of Keep a Changelog 1.1.")] = "CHANGELOG.md"
    types: Annotated[
        dict[Text, Heading],
        Field(
            default_factory=dict,
            description="Where the types of commits stand, beside those we know; hidden for nowhere.",
        ),
    ]
    labels: Annotated[
        dict[Text, str],
        Field(
            default_factory=dict,
            description="What labels say of a proposal whose commits say nothing: a type, `!` for what breaks, an "
            "empty text for what is told nowhere.",
        ),
    ]
    development: Annotated[Flag, Field(description="Whether what only developers use is told, too.")] = False
    packages: Annotated[tuple[Package, ...], Field(description="Parts with a changelog of their own; by name.")] = ()


class Brand(Section):
    """How the notes look: an agency's own."""

    name: Annotated[Text | None, Field(max_length=100, description="Whose they are, told at the foot.")] = None
    logo: Annotated[Path | None, Field(description="A picture in the repository: PNG, JPEG or WebP, up to 300 kB.")] = (
        None
    )
    colour: Annotated[Colour | None, Field(description="The colour of what stands out.")] = None
    footer: Annotated[Text | None, Field(max_length=300, description="A sentence at the foot.")] = None


class Notes(Section):
    """What release notes tell, and how."""

    languages: Annotated[
        Texts, Field(description="Their languages; the first is the forge release's. Else `language`.")
    ] = ()
    tone: Annotated[
        Literal["client", "technical"], Field(description="Whom they speak to: an owner, or those who build it.")
    ] = "client"
    brand: Annotated[Brand, Field(description="Whose they are.")] = Brand.model_construct()
    known_issues: Annotated[
        Text, Field(max_length=50, description="The label of open issues that the notes tell as known.")
    ] = "known-issue"


class Stated(Section):
    """A file that states the version."""

    path: Annotated[Path, Field(description="The file.")]
    match: Annotated[
        Text | None,
        Field(description='Its text around the version, such as `VERSION = "{version}"`; known files need none.'),
    ] = None

    @model_validator(mode="after")
    def _names_the_version(self) -> Self:
        if self.match is not None and self.match.count("{version}") != 1:
            raise ValueError(f"{quoted(self.match)} names no version. Write {{version}} once in it.")
        return self


class Release(Section):
    """How a release is named and made."""

    name: Annotated[Text | None, Field(max_length=100, description="What is released; the site's name otherwise.")] = (
        None
    )
    version: Annotated[
        Form, Field(description="semver, or a form of calendar versions (calver.org); [.MICRO] is left out while 0.")
    ] = "YYYY.0W[.MICRO]"
    tag: Annotated[Tag, Field(description="How its tag is written.")] = "v{version}"
    propose: Annotated[
        Flag, Field(description="Whether a proposal with the changelog comes first, and its merge is released.")
    ] = False
    files: Annotated[
        tuple[Stated, ...], Field(description="Files that state the version; a proposal changes them.")
    ] = ()
    assets: Annotated[Globs, Field(description="Files that are put beside it on the forge.")] = ()
    milestone: Annotated[
        str, Field(max_length=200, description="The milestone that is closed with it, by its title; empty for none.")
    ] = "{version}"
    environment: Annotated[
        Text, Field(max_length=100, description="Where a release goes: freezes of deploys there hold it.")
    ] = "production"
    notes: Annotated[Notes, Field(description="What is told of it.")] = Notes.model_construct()

    @model_validator(mode="after")
    def _files_need_a_proposal(self) -> Self:
        if self.files and not self.propose:
            raise ValueError("files: only a proposal changes them. Add `propose: true`, or leave files out.")
        return self

    @property
    def rule(self) -> Rule:
        return Rule(self.version, self.tag)
