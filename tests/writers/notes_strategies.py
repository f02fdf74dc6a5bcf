"""Contents of releases at random, in which every word from outside may be hostile."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from maintainer.changes import Changed, Doubt, Entry, Reference, Source, Undone
from maintainer.model import Advisory, Note
from maintainer.releasing import (
    Contents,
    Figure,
    Gap,
    Held,
    Known,
    Merge,
    Missing,
    Moved,
    Passed,
    Proof,
    Required,
    Rollback,
    Watch,
)

SNIPPETS = (
    "fix",
    "WooCommerce ",
    " 9.4.2",
    "Łódź i zażółć",
    "日本語の説明文",
    "<script>alert(1)</script>",
    "<<b>b>",
    "<img src=x onerror=x>",
    "<!-- hidden",
    "-->",
    "@anna",
    "@shop/owners ",
    "closes #12",
    "fixes shop/site#7 ",
    "GH-3",
    "!45",
    "[a](https://evil.example)",
    "![a](https://evil.example/x.png)",
    "[a]: https://evil.example",
    "https://evil.example/x?y ",
    "www.evil.example",
    "javascript:x",
    "`code`",
    "```",
    "**bold**",
    "*",
    "_",
    "~~",
    "|",
    "\n",
    "\n\n# Heading\n",
    "\n- [ ] task",
    "\n/close",
    "&amp;",
    "&#64;anna",
    "\\",
    "\u202e",
    "\u200b",
    "\x07",
    "<!channel>",
    "<@U123>",
    "{site}",
    "{0}",
    "%s",
    "\ud800",
    "x" * 90,
    "'",
    '"',
    "> quote",
    "=====",
)
TEXTS = st.one_of(
    st.lists(st.sampled_from(SNIPPETS), max_size=5).map("".join), st.text(max_size=30), st.sampled_from(("", " "))
)
URLS = st.one_of(
    st.just(""), st.just("https://forge.example/x_y/12"), TEXTS, TEXTS.map(lambda text: f"https://forge.example/{text}")
)
TIMES = st.integers(0, 10**8).map(lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
MAYBE = st.none() | TIMES
SOURCES = st.builds(Source, st.sampled_from(("commit", "proposal", "issue", "measurement", "event")), TEXTS, URLS)


def some(one: st.SearchStrategy[Any], most: int = 2, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


KNOWN_FROM = some(SOURCES, least=1)
ADVISORIES = st.builds(
    Advisory, TEXTS, TEXTS, st.sampled_from(("low", "high", "critical", "unknown")), some(TEXTS), url=URLS
)
MOVED = st.builds(
    Moved,
    part=st.sampled_from(("core", "plugin", "theme", "runtime", "package", "image", "action")),
    name=TEXTS,
    package=TEXTS,
    manager=st.just("composer"),
    before=TEXTS,
    after=TEXTS,
    bump=st.just("minor"),
    sources=KNOWN_FROM,
    files=some(TEXTS),
    downgrade=st.booleans(),
    development=st.booleans(),
    between=some(TEXTS),
    fixes=some(ADVISORIES),
    open=some(ADVISORIES),
    notes=some(st.builds(Note, TEXTS, TEXTS, URLS, MAYBE)),
    supported=MAYBE,
    ended=MAYBE,
)
ENTRIES = st.builds(
    Entry,
    st.sampled_from(("feat", "fix", "perf", "security", "docs", "chore", "revert", "other")) | TEXTS,
    TEXTS,
    KNOWN_FROM,
    some(TEXTS),
    some(TEXTS),
    TEXTS,
    some(st.builds(Reference, TEXTS)),
    some(st.builds(Undone, st.just("feat"), TEXTS, some(TEXTS))),
    st.booleans(),
)
PROOFS = st.builds(
    Proof,
    st.sampled_from(("pass", "fail", "inconclusive", "skipped")),
    st.dictionaries(st.sampled_from(("pass", "fail", "inconclusive", "skipped")), st.integers(0, 10**6)),
    some(TEXTS | st.sampled_from(("smoke", "e2e"))),
    TIMES,
    SOURCES,
    st.none() | st.integers(1, 10**5),
    some(
        st.builds(
            Figure,
            TEXTS,
            TEXTS,
            TEXTS,
            st.sampled_from(("s", "ms", "bytes", "share", "")),
            st.floats(),
            st.none() | st.floats(),
        )
    ),
)
CONTENTS = st.builds(
    Contents,
    site=TEXTS,
    version=TEXTS,
    at=TIMES,
    base=TEXTS,
    head=TEXTS,
    range=SOURCES,
    changed=st.builds(
        Changed,
        some(ENTRIES, 4),
        st.just(()),
        some(st.builds(Doubt, st.sampled_from(("nearly-breaking", "malformed", "merge", "cut")), TEXTS, some(SOURCES))),
    ),
    moved=some(MOVED, 3),
    merges=some(st.builds(Merge, st.integers(1, 50), TEXTS, TIMES, mark=st.sampled_from("#!"))),
    required=some(
        st.builds(
            Required, st.sampled_from(("breaking", "runtime", "publisher", "stated")), TEXTS, KNOWN_FROM, TEXTS, TEXTS
        )
    ),
    watch=some(
        st.builds(Watch, st.sampled_from(("payments", "taxes", "mail", "speed", "unverified")), TEXTS, KNOWN_FROM)
    ),
    known=some(st.builds(Known, TEXTS, KNOWN_FROM)),
    held=some(st.builds(Held, TEXTS, TEXTS, MAYBE, SOURCES), 3),
    proofs=some(PROOFS),
    passed=some(st.builds(Passed, TEXTS, TEXTS, TIMES, some(TEXTS), SOURCES, TEXTS, MAYBE)),
    rollback=st.none() | st.builds(Rollback, TEXTS, TEXTS, some(MOVED, 1)),
    compare=URLS,
    missing=some(st.builds(Gap, st.sampled_from(get_args(Missing)), TEXTS, some(TEXTS, 7)), 3),
)
