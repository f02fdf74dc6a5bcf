"""Renovate's patterns as globs of ours; a regular expression from outside is read, and never run.

https://docs.renovatebot.com/string-pattern-matching/: `/.../` is a regular expression, `!` before it excludes, all
else is a glob in which `*` stays between slashes and `**` doesn't. In our globs of names `*` is anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

#: A regular expression means at most so many globs, and so many a list has.
MOST = 50
MOST_NAMES = 500
LONGEST = 500

_REGEX = re.compile(r"/(.*)/(i?)", re.DOTALL)
#: Tokens of the regular expressions that globs can say.
_TOKEN = re.compile(
    r"\[\^\\?/\][*+]|\.\*\??|\.\+\??|\\[^\w\s]|\((?:\?:)?|\)|\||\[[\w. -]+\]|[\w@ :;,#%&=<>'\"~`/!-]|\.", re.ASCII
)
#: `(^|/)` at the beginning: any folder.
_ANY_FOLDER = re.compile(r"\((?:\?:)?\^\|\\?/\)")
_REPEATED = re.compile(r"[*+?{]")
_MAGIC = frozenset("*?[{")
#: Patterns of minimatch that our globs don't have.
_EXTENDED = re.compile(r"[!@+*?]\(|\\|\{[^{}]*\{|\{[^{}]*\.\.[^{}]*\}|\[\[:|\[\^")


class NotAGlob(ValueError):
    """A pattern that no glob of ours means; the text says why."""


@dataclass(slots=True)
class Names:
    """Lists of globs, any of which is met, as names are matched; and the patterns that can't be said, with why.

    `void` when nothing could match any more.
    """

    any_of: list[list[str]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def void(self) -> bool:
        return not self.any_of


def names(patterns: Sequence[str]) -> Names:
    """Globs over packages' names.

    `eslint-*` doesn't match `acme/eslint-x` there and would here, so such globs stand apart, beside a `!*/*`.
    Raises NotAGlob for an exclusion that can't be said: without it the rule would match what it must not.
    """
    found = Names()
    excluded = [f"!{glob}" for pattern in patterns if pattern.startswith("!") for glob in name_globs(pattern[1:])]
    wide: list[str] = []
    bare: list[str] = []
    included = [pattern for pattern in patterns if not pattern.startswith("!")]
    for pattern in included:
        if len(wide) + len(bare) + len(excluded) + len(found.unread) > MOST_NAMES:
            raise NotAGlob("there are more names than a person keeps.")
        try:
            for glob in name_globs(pattern):
                stays = "*" in glob and "/" not in glob and "**" not in glob and not _REGEX.fullmatch(pattern)
                (bare if stays and pattern not in ("*", "**", "**/*") else wide).append(glob.replace("**", "*"))
        except NotAGlob as error:
            found.unread.append((pattern, str(error)))
    excluded = [glob.replace("**", "*") for glob in excluded]
    if wide or not included:
        found.any_of.append([*dict.fromkeys(wide), *excluded])
    if bare:
        found.any_of.append([*dict.fromkeys(bare), "!*/*", *excluded])
    return found


def paths(patterns: Sequence[str]) -> list[str]:
    """Globs over paths; raises NotAGlob for one that can't be said."""
    found: list[str] = []
    for pattern in patterns:
        excludes = pattern.startswith("!")
        globs = path_globs(pattern.removeprefix("!"))
        found += [f"!{glob}" for glob in globs] if excludes else globs
    return list(dict.fromkeys(found))


def name_globs(pattern: str) -> list[str]:
    """The globs one pattern over names means, without its `!`."""
    match = _REGEX.fullmatch(pattern)
    if match and any("*" in glob.replace("**", "") for glob in of_regex(match[1])):
        raise NotAGlob("globs of names can't say [^/]*.")
    if match:
        return [
            name.replace("**", "*").replace("[/]", "/")
            for glob in of_regex(match[1])
            for name in (_without_folders(glob) if glob.startswith("**/") else [glob])
        ]
    globs = [checked(pattern)]
    return ["*"] if globs in (["**"], ["**/*"]) else [name for glob in globs for name in _without_folders(glob)]


def _without_folders(glob: str) -> list[str]:
    """`**/` is no folder, or any; names have none, so both are said."""
    made = [""]
    first, *others = glob.split("**/")
    for index, part in enumerate((first, *others)):
        made = [f"{left}{between}{part}" for left in made for between in (("", "*/") if index else ("",))]
        if len(made) > MOST:
            raise NotAGlob("it has too many **.")
    return made


def path_globs(pattern: str) -> list[str]:
    """The globs one pattern over paths means, without its `!`."""
    match = _REGEX.fullmatch(pattern)
    return of_regex(match[1]) if match else [checked(pattern)]


def checked(glob: str) -> str:
    """A glob that means the same here; raises NotAGlob."""
    if not glob.strip() or len(glob) > LONGEST:
        raise NotAGlob("it is empty or very long.")
    if _EXTENDED.search(glob):
        raise NotAGlob("globs here have *, **, ?, [abc] and {a,b}, one in another not.")
    if glob.startswith("!"):
        raise NotAGlob("it excludes what is excluded.")
    return glob


def literal(text: str) -> str:
    """A name as it stands, for where globs are read; raises NotAGlob where it would be one."""
    if _MAGIC & set(text):
        raise NotAGlob("a name with *, ?, [ or { would be a glob here.")
    return checked(text)


def of_regex(expression: str) -> list[str]:
    """The globs that match the same as a regular expression does where it is searched for; raises NotAGlob.

    Literals, `.`, `.*`, `.+`, classes of single characters, alternatives and anchors can be said; nothing else.
    """
    if len(expression) > LONGEST:
        raise NotAGlob("the regular expression is very long.")
    found: list[str] = []
    for branch in _split(expression):
        folder = _ANY_FOLDER.match(branch)
        begins = 1 if branch.startswith("^") else folder.end() if folder else 0
        ends = branch.endswith("$") and not branch.endswith("\\$")
        before, after = "" if begins else "**", "" if ends else "**"
        body = branch[begins : -1 if ends else None]
        for glob in _expanded(body):
            whole = re.sub(r"\*{3,}", "**", f"{before}{glob}{after}")
            # A `**/` would be any folder, and none.
            found.append(("**/" if folder else "") + whole.replace("**/", "**[/]"))
        if len(found) > MOST:
            raise NotAGlob(f"the regular expression means more than {MOST} globs.")
    return list(dict.fromkeys(glob or "**" for glob in found))


def _split(expression: str) -> list[str]:
    """The alternatives at the top of an expression."""
    parts, depth, start, index = [], 0, 0, 0
    while index < len(expression):
        character = expression[index]
        if character == "\\":
            index += 1
        elif character == "[":
            end = expression.find("]", index + 2)
            index = end if end > 0 else index
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            parts.append(expression[start:index])
            start = index + 1
        index += 1
    return [*parts, expression[start:]]


def _expanded(body: str) -> list[str]:
    """The globs of an expression without anchors."""
    stack: list[tuple[list[str], list[str]]] = []
    done: list[str] = []
    current = [""]
    index = 0
    while index < len(body):
        match = _TOKEN.match(body, index)
        if match is None:
            raise NotAGlob("globs here can't say this regular expression.")
        piece, index = match[0], match.end()
        if piece.startswith("("):
            stack.append((done, current))
            done, current = [], [""]
            continue
        if piece == "|":
            done, current = [*done, *current], [""]
            continue
        if piece == ")":
            if not stack:
                raise NotAGlob("the regular expression has a ) too many.")
            pieces = [*done, *current]
            done, current = stack.pop()
        else:
            pieces = [_glob(piece)]
        if body.startswith("?", index) and not body.startswith("??", index):
            pieces, index = ["", *pieces], index + 1
        if _REPEATED.match(body, index):
            raise NotAGlob("globs here can't say what repeats in this regular expression.")
        if len(current) * len(pieces) + len(done) > MOST or len(current[0]) > LONGEST:
            raise NotAGlob(f"the regular expression means more than {MOST} globs, or very long ones.")
        current = [f"{left}{right}" for left in current for right in pieces]
    if stack:
        raise NotAGlob("the regular expression has a ( too many.")
    return [*done, *current]


def _glob(piece: str) -> str:
    if piece.startswith("[^"):
        return "*" if piece.endswith("*") else "?*"
    if piece.startswith(".*"):
        return "**"
    if piece.startswith(".+"):
        return "?**"
    if piece == ".":
        return "?"
    if piece.startswith("["):
        return piece
    character = piece.removeprefix("\\")
    if character in _MAGIC or character == "!":
        raise NotAGlob("a *, ?, [, { or ! that stands for itself has no place in globs here.")
    return character
