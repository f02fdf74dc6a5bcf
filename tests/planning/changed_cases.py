"""What is told of histories: the nine traps first, then their kin."""

from tests.planning.histories import Case, Words, branch, commit, merge, on, pick, revert, setting, squash, tag

FIRST = (commit("chore: first"), tag("v1"))
GITHUB = """Checkout (#12)

* feat(cart): guests can pay

Nobody wants an account.

Signed-off-by: Ada <ada@shop.example>

* fix(tax): round up

* wip

---------

Co-authored-by: Bob <bob@shop.example>
"""


def reverts(subject: str, head: str) -> Words:
    return lambda hand: f"{head}\n\nThis reverts commit {hand.sha(subject)}.\n"


def refs(*subjects: str, head: str) -> Words:
    return lambda hand: f"{head}\n\nRefs: {', '.join(hand.sha(one)[:9] for one in subjects)}\n"


TRAPS = (
    Case("revert", (*FIRST, commit("feat: a"), commit("fix: b"), revert("feat: a")), ("fix: b",)),
    Case("squash-body", (*FIRST, commit(GITHUB)), ("feat(cart): guests can pay", "fix(tax): round up")),
    Case(
        "breaking-in-a-bullet",
        (
            *FIRST,
            commit(
                "Checkout (#3)\n\n* feat!: no guests\n\n* fix: tax\n\nBREAKING CHANGE: prices are net\n\n* docs: c\n"
            ),
        ),
        ("feat!: no guests", "fix!: tax / prices are net", "docs: c"),
    ),
    Case("refactor-bang", (*FIRST, commit("refactor!: drop PHP 7")), ("refactor!: drop PHP 7",)),
    Case("lower-case", (*FIRST, commit("fix: a\n\nbreaking change: none really\n")), ("fix: a",)),
    Case("type-case", (*FIRST, commit("Feat: a"), commit("FIX(Cart): b")), ("feat: a", "fix(Cart): b")),
    Case(
        "breaking-hyphen",
        (*FIRST, commit("fix: a\n\nBREAKING-CHANGE: prices are net\n")),
        ("fix!: a / prices are net",),
    ),
    Case(
        "trailers",
        (
            *FIRST,
            commit(
                "feat: a\n\nWhy.\n\nSigned-off-by: Ada <ada@shop.example>\nCo-authored-by: Bob <b@shop.example>\n"
                "Change-Id: I0123456789abcdef\nReviewed-by: Cy\nCc: d@shop.example\n"
            ),
        ),
        ("feat: a",),
    ),
    Case(
        "back-merge",
        (
            *FIRST,
            branch("develop"),
            commit("feat: a"),
            on("main"),
            commit("fix: b"),
            on("develop"),
            merge("main"),
            commit("feat: c"),
            on("main"),
            merge("develop"),
        ),
        ("feat: c", "fix: b", "feat: a"),
    ),
)

REVERTS = (
    Case(
        "revert-of-a-revert", (*FIRST, commit("feat: a"), revert("feat: a"), revert('Revert "feat: a"')), ("feat: a",)
    ),
    Case(
        "revert-three-times",
        (
            *FIRST,
            commit("feat: a"),
            revert("feat: a"),
            revert('Revert "feat: a"'),
            revert(
                'Revert "Revert "feat: a""',
                lambda hand: (
                    'Revert "Reapply "feat: a""\n\nThis reverts commit '
                    f"{hand.sha('Revert ' + chr(34) + 'Revert ' + chr(34) + 'feat: a' + chr(34) * 2)}."
                ),
            ),
        ),
        (),
    ),
    Case(
        "revert-of-what-was-published",
        (commit("feat(cart): a"), tag("v1"), revert("feat(cart): a")),
        ("revert(cart): a undoes feat: a",),
    ),
    Case(
        "revert-of-a-published-revert",
        (commit("feat: a"), revert("feat: a"), tag("v1"), revert('Revert "feat: a"')),
        ("feat: a again",),
    ),
    Case(
        "reapply",
        (
            commit("feat: a"),
            revert("feat: a"),
            tag("v1"),
            revert('Revert "feat: a"', reverts('Revert "feat: a"', 'Reapply "feat: a"')),
        ),
        ("feat: a again",),
    ),
    Case(
        "published-reverted-and-back", (commit("feat: a"), tag("v1"), revert("feat: a"), revert('Revert "feat: a"')), ()
    ),
    Case(
        "revert-by-type-and-refs",
        (
            *FIRST,
            commit("feat: a"),
            commit("fix: b"),
            commit("fix: c"),
            commit(refs("feat: a", "fix: b", head="revert: let us not speak of it")),
        ),
        ("fix: c",),
    ),
    Case(
        "revert-by-type-of-published",
        (
            commit("feat: a"),
            commit("fix: b"),
            tag("v1"),
            commit(refs("feat: a", "fix: b", head="revert: the noodle incident")),
        ),
        ("revert: the noodle incident undoes feat: a undoes fix: b",),
    ),
    Case("revert-by-type-and-words", (*FIRST, commit("feat(cart): a"), commit("revert: feat(cart): a")), ()),
    Case("revert-by-subject-alone", (*FIRST, commit("feat: a (#12)"), commit('Revert "feat: a (#12)" (#13)')), ()),
    Case(
        "revert-by-number",
        (*FIRST, commit("feat: a (#12)"), commit('Revert "feat: A" (#13)\n\nReverts shop/site#12')),
        (),
    ),
    Case(
        "revert-of-a-revert-by-number",
        (
            *FIRST,
            commit("feat: a (#12)"),
            commit('Revert "feat: a" (#13)\n\nReverts shop/site#12'),
            commit('Revert "Revert "feat: a"" (#14)\n\nReverts shop/site#13'),
        ),
        ("feat: a [#12]",),
    ),
    Case(
        "revert-by-number-of-published",
        (commit("feat: a (#12)"), tag("v1"), commit('Revert "feat: a" (#13)\n\nReverts shop/site#12')),
        ("revert: a [#13] undoes feat: a",),
    ),
    Case(
        "revert-of-a-squash-takes-all-back",
        (*FIRST, commit(GITHUB), commit("fix: c"), revert("Checkout (#12)")),
        ("fix: c",),
    ),
    Case(
        "revert-in-a-squash",
        (
            *FIRST,
            commit(
                'Cart (#9)\n\n* feat: a\n\n* Revert "feat: a"\n\nThis reverts commit '
                "0123456789012345678901234567890123456789.\n\n* feat: b\n"
            ),
        ),
        ("feat: b",),
    ),
    Case(
        "revert-of-an-item",
        (*FIRST, commit("Cart (#9)\n\n* feat: a\n\n* feat: b\n"), commit('Revert "feat: a"')),
        ("feat: b",),
    ),
    Case(
        "revert-of-a-merge",
        (
            *FIRST,
            branch("x"),
            commit("feat: a"),
            commit("feat: b"),
            on("main"),
            commit("fix: c"),
            merge("x", "Merge pull request #12 from shop/x"),
            revert("Merge pull request #12 from shop/x"),
        ),
        ("fix: c",),
    ),
    Case(
        "revert-of-a-published-merge",
        (
            commit("chore: first"),
            branch("x"),
            commit("feat: a"),
            on("main"),
            merge("x", "Merge pull request #12 from shop/x\n\nfeat(cart): wishes"),
            tag("v1"),
            revert("Merge pull request #12 from shop/x"),
        ),
        ("revert(cart): wishes [#12] undoes feat: wishes",),
    ),
    Case(
        "revert-of-a-merge-by-number",
        (
            *FIRST,
            branch("x"),
            commit("feat: a"),
            on("main"),
            merge("x", "Merge pull request #12 from shop/x\n\nfeat: a"),
            commit('Revert "feat: a" (#13)\n\nReverts shop/site#12'),
        ),
        (),
    ),
    Case(
        "revert-on-gitlab",
        (
            *FIRST,
            branch("x"),
            commit("feat: a"),
            on("main"),
            merge("x", "Merge branch 'x' into 'main'\n\nfeat: a\n\nSee merge request shop/site!12"),
            commit("Revert \"Merge branch 'x' into 'main'\"\n\nThis reverts merge request !12"),
        ),
        (),
    ),
    Case(
        "revert-in-own-words",
        (*FIRST, commit("feat: a"), commit("fix: b"), revert("feat: a", reverts("feat: a", "fix: no a"))),
        ("fix: b",),
    ),
    Case(
        "revert-of-published-in-own-words",
        (commit("feat: a"), tag("v1"), revert("feat: a", reverts("feat: a", "fix(cart): it was too slow (#4)"))),
        ("fix(cart): it was too slow [#4] undoes feat: a",),
    ),
    Case(
        "revert-of-a-part",
        (
            *FIRST,
            commit("feat: a"),
            commit(lambda hand: f"fix: b\n\nThis reverts commit {hand.sha('feat: a')} except for the tests."),
        ),
        ("fix: b", "feat: a"),
    ),
    Case(
        "revert-and-done-again",
        (*FIRST, commit("feat: a", "a.txt", content="1"), revert("feat: a"), commit("feat: a", "a.txt", content="2")),
        ("feat: a",),
    ),
    Case(
        "revert-and-picked-again", (*FIRST, commit("feat: a"), revert("feat: a"), pick("feat: a", "-x")), ("feat: a",)
    ),
    Case(
        "revert-of-what-nobody-knows",
        (*FIRST, commit('Revert "feat: x"\n\nThis reverts commit 0123456789012345678901234567890123456789.')),
        ("revert: x undoes feat: x",),
    ),
    Case(
        "revert-of-another-branch-is-by-its-subject",
        (
            *FIRST,
            branch("x"),
            commit("feat: a"),
            on("main"),
            commit("feat: a", "y", content="z"),
            lambda hand: commit(
                'Revert "feat: a"\n\nThis reverts commit ' + hand.git("rev-parse", "x", clock=False) + "."
            )(hand),
        ),
        (),
    ),
    Case(
        "revert-of-several",
        (
            *FIRST,
            commit("feat: a"),
            commit("feat: b"),
            commit("feat: c"),
            commit(lambda hand: f"Undo\n\nThis reverts commits {hand.sha('feat: a')} and {hand.sha('feat: b')}."),
        ),
        ("feat: c",),
    ),
    Case(
        "revert-by-another-type",
        (
            *FIRST,
            commit("feat: a"),
            commit('chore: Revert "feat: a" (#2)'),
            commit("fix: b"),
            commit('fix(x): revert "fix: b"'),
        ),
        (),
    ),
    Case(
        "revert-of-published-by-another-type",
        (commit("feat(cart): a"), tag("v1"), commit('chore: Revert "feat(cart): a" (#2)')),
        ("revert(cart): a [#2] undoes feat: a",),
    ),
    Case(
        "revert-that-breaks",
        (commit("feat: a"), tag("v1"), revert("feat: a", reverts("feat: a", "revert!: feat: a"))),
        ("revert!: a undoes feat: a / feat: a",),
    ),
    Case(
        "reason-of-a-revert",
        (
            commit("feat: a"),
            tag("v1"),
            revert(
                "feat: a",
                lambda hand: f'Revert "feat: a"\n\nThis reverts commit {hand.sha("feat: a")}.\n\nBREAKING CHANGE: gone',
            ),
        ),
        ("revert!: a undoes feat: a / gone",),
    ),
)

SQUASHES = (
    Case(
        "squash-of-git",
        (
            *FIRST,
            branch("x"),
            commit("feat: a\n\nBREAKING CHANGE: b"),
            commit("fix: c"),
            commit("wip"),
            on("main"),
            squash("x"),
        ),
        ("other: wip", "fix: c", "feat!: a / b"),
    ),
    Case(
        "squash-and-merge-count-once",
        (*FIRST, branch("x"), commit("feat: a"), commit("fix: c"), branch("y"), on("main"), squash("x"), merge("y")),
        ("fix: c", "feat: a"),
    ),
    Case(
        "squash-with-the-title-again",
        (*FIRST, commit("feat: guests (#12)\n\n* feat: Guests\n\n* fix: b (#7)\n")),
        ("feat: guests [#12]", "fix: b [#7]"),
    ),
    Case(
        "squash-with-a-title-of-its-own",
        (*FIRST, commit("feat: cart (#12)\n\n* feat: a\n* fix(b): c\n")),
        ("feat: cart [#12]", "feat: a", "fix(b): c"),
    ),
    Case(
        "squash-with-dashes",
        (*FIRST, commit("Cart (#12)\n\n- feat: a\n- fix(b): c\n\nBREAKING CHANGE: d\n")),
        ("other!: Cart [#12] / d", "feat: a", "fix(b): c"),
    ),
    Case(
        "squash-on-gitlab",
        (
            *FIRST,
            commit(
                "Cart\n\n* feat: a\n\n  Some words.\n\n  BREAKING CHANGE: b\n    and c\n\n* fix: d\n\n"
                "See merge request shop/site!12\n"
            ),
        ),
        ("feat!: a / b\n  and c", "fix: d"),
    ),
    Case(
        "squash-of-a-squash",
        (*FIRST, commit("Cart (#12)\n\n* Cart (#11)\n\n  * feat: a\n\n  * fix: b\n\n* docs: c\n")),
        ("feat: a", "fix: b", "docs: c"),
    ),
    Case(
        "squash-by-rebase",
        (*FIRST, commit("feat: a\n\nwords\n\nfix(b): c\n\nBREAKING CHANGE: d\n")),
        ("feat: a", "fix(b)!: c / d"),
    ),
    Case(
        "squash-with-nothing-conventional",
        (*FIRST, commit("feat: a (#12)\n\n* wip\n\n* address review\n")),
        ("feat: a [#12]",),
    ),
    Case("list-of-prose", (*FIRST, commit("feat: a\n\n- note: nothing\n- http: yes\n- add b\n")), ("feat: a",)),
    Case(
        "breaking-bullet-of-its-own",
        (*FIRST, commit("feat: a\n\n- new shop\n- BREAKING CHANGE: no guests\n")),
        ("feat!: a / no guests",),
    ),
    Case(
        "breaking-below-a-bullet",
        (*FIRST, commit("X (#1)\n\n* feat: x\n  BREAKING CHANGE: y\n* fix: z\n")),
        ("feat!: x / y", "fix: z"),
    ),
    Case(
        "squash-with-boxes",
        (*FIRST, commit("feat: a\n\n- [x] feat: a feature\n- [ ] fix: a bug\n- docs: b\n")),
        ("feat: a", "docs: b"),
    ),
    Case(
        "squash-of-git-with-merges",
        (
            *FIRST,
            branch("x"),
            commit("feat: a"),
            on("main"),
            commit("fix: b"),
            on("x"),
            merge("main"),
            commit("fix: c"),
            on("main"),
            squash("x"),
        ),
        ("feat: a", "fix: b", "fix: c"),
    ),
    Case(
        "squash-in-a-fence",
        (*FIRST, commit("docs: how to commit\n\n```\n* feat: a\nBREAKING CHANGE: b\n```\n")),
        ("docs: how to commit",),
    ),
    Case(
        "squash-with-a-template",
        (*FIRST, commit("feat: a (#1)\n\n<!-- BREAKING CHANGE: say what breaks\n* feat: x -->\n\n## Tests\n")),
        ("feat: a [#1]",),
    ),
)

COPIES = (
    Case(
        "picked-with-x",
        (*FIRST, branch("x"), commit("feat: a"), on("main"), pick("feat: a", "-x"), commit("fix: b"), merge("x")),
        ("fix: b", "feat: a"),
    ),
    Case(
        "picked-without-x",
        (*FIRST, branch("x"), commit("feat: a"), on("main"), commit("fix: b"), pick("feat: a"), merge("x")),
        ("fix: b", "feat: a"),
    ),
    Case(
        "released-from-another-branch",
        (
            commit("chore: first"),
            branch("release"),
            on("main"),
            commit("fix: a"),
            commit("feat: b"),
            on("release"),
            pick("fix: a"),
            tag("v1"),
            on("main"),
        ),
        ("feat: b",),
    ),
    Case(
        "released-with-x-and-changed",
        (
            commit("chore: first"),
            branch("release"),
            commit("fix: a"),
            tag("v1"),
            on("main"),
            commit(lambda hand: f"fix: a, mended\n\n(cherry picked from commit {hand.sha('fix: a')})"),
            commit("feat: b"),
        ),
        ("feat: b",),
    ),
    Case(
        "released-and-taken-back",
        (
            commit("chore: first"),
            branch("release"),
            on("main"),
            commit("fix: a"),
            on("release"),
            pick("fix: a"),
            tag("v1"),
            on("main"),
            revert("fix: a"),
        ),
        ("revert: a undoes fix: a",),
    ),
    Case(
        "picked-and-taken-back",
        (
            *FIRST,
            branch("x"),
            commit("feat: a"),
            on("main"),
            pick("feat: a", "-x"),
            commit("fix: b"),
            revert("feat: a"),
        ),
        ("fix: b",),
    ),
    Case(
        "back-merge-twice",
        (
            *FIRST,
            branch("develop"),
            commit("feat: a"),
            on("main"),
            merge("develop"),
            commit("fix: b"),
            on("develop"),
            merge("main"),
            commit("feat: c"),
            on("main"),
            merge("develop"),
            on("develop"),
            merge("main"),
            on("main"),
        ),
        ("feat: c", "fix: b", "feat: a"),
    ),
    Case(
        "merge-with-a-type",
        (*FIRST, branch("x"), commit("feat: a"), on("main"), merge("x", "feat: a (#12)")),
        ("feat: a",),
    ),
    Case("same-words", (*FIRST, commit("fix: typo"), commit("fix: Typo (#4)")), ("fix: Typo [#4]",)),
)

HEADERS = (
    Case("no-tag", (commit("Initial commit"), commit("feat: a")), ("feat: a", "other: Initial commit")),
    Case("scopes", (*FIRST, commit("feat(cart, checkout)!: x")), ("feat(cart,checkout)!: x",)),
    Case(
        "reference",
        (*FIRST, commit("fix(api): x (#12)\n\nCloses #7, #8\nRefs: SHOP-4\n")),
        ("fix(api): x [#12] [#7 closed] [#8 closed] [SHOP-4]",),
    ),
    Case(
        "reference-elsewhere",
        (*FIRST, commit("fix: as in shop/site#3 (fixes #4) (#12)")),
        ("fix: as in shop/site#3 [shop/site#3] [#4] [#12]",),
    ),
    Case(
        "gitmoji",
        (*FIRST, commit(":sparkles: feat: x"), commit("🐛 fix: y"), commit("♻️ refactor(a)!: z"), commit("✨ New shop")),
        ("feat: x", "fix: y", "refactor(a)!: z", "other: ✨ New shop"),
    ),
    Case(
        "ticket",
        (
            *FIRST,
            commit("[SHOP-12] feat: x"),
            commit("SHOP-13: fix: y"),
            commit("#14 fix: z"),
            commit("SHOP-15 New shop"),
        ),
        ("feat: x [SHOP-12]", "fix: y [SHOP-13]", "fix: z [#14]", "other: SHOP-15 New shop"),
    ),
    Case("skip-ci", (*FIRST, commit("chore(release): 1.2.0 [skip ci]")), ("chore(release): 1.2.0",)),
    Case("no-space", (*FIRST, commit("feat:x"), commit("feat!(cart): y")), ("other: feat:x", "other: feat!(cart): y")),
    Case(
        "other",
        (*FIRST, commit("Update the shop"), commit("http://shop.example is up"), commit("v1.2")),
        ("other: Update the shop", "other: http://shop.example is up", "other: v1.2"),
    ),
    Case("breaking-header", (*FIRST, commit("BREAKING CHANGE: no guests")), ("other!: no guests",)),
    Case(
        "breaking-lines",
        (*FIRST, commit("feat!: x\n\nBREAKING CHANGE: one\ntwo\n\nthree\n\nReviewed-by: Z\nRefs #133\n")),
        ("feat!: x [#133] / one\ntwo\n\nthree",),
    ),
    Case(
        "fixups",
        (
            *FIRST,
            commit("feat: a"),
            commit("fixup! feat: a"),
            commit("squash! feat: a\n\nmore"),
            commit("amend! feat: a\n\nfeat: b"),
            commit("fixup! feat: of yore"),
        ),
        ("feat: a",),
    ),
    Case("no-words", (*FIRST, commit(""), commit("Signed-off-by: Ada <ada@shop.example>\n")), ("other: ",)),
    Case(
        "crlf",
        (*FIRST, commit("feat: a\r\n\r\n* fix: b\r\n\r\nBREAKING CHANGE: c\r\n\r\nSigned-off-by: A <a@b.example>\r\n")),
        ("feat: a", "fix!: b / c"),
    ),
    Case(
        "polish",
        (*FIRST, setting("i18n.commitEncoding", "ISO-8859-2"), commit("feat(koszyk): zażółć", encoding="iso-8859-2")),
        ("feat(koszyk): zażółć",),
    ),
    Case(
        "robot",
        (
            *FIRST,
            commit(
                "build(deps): bump x from 1 to 2 (#9)\n\nBumps x.\n\n---\nupdated-dependencies:\n- dependency-name: x\n"
                "  dependency-type: direct:production\n...\n\nSigned-off-by: dependabot[bot] <s@github.example>\n"
            ),
        ),
        ("build(deps): bump x from 1 to 2 [#9]",),
    ),
    Case(
        "monorepo",
        (
            *FIRST,
            commit("feat: a", "packages/cart/a"),
            commit("fix: b", "packages/cartoon/b"),
            commit("fix: c", "packages/cart/c"),
            revert("fix: c"),
            commit("fix: d", "packages/cart"),
        )[:-1],
        ("feat: a",),
        under=("packages/cart",),
    ),
    Case("hostile", (*FIRST, commit("feat: \x1b[31m<script>\u202e `a` @bob\t b")), ("feat: [31m<script> `a` @bob b",)),
    Case(
        "restated",
        (*FIRST, commit("fix: wrnog"), commit("wip")),
        ("feat: right", "fix: too", "other: wip"),
        restated={"fix: wrnog": ("feat: right\n\nSigned-off-by: A <a@b.example>", "fix: too")},
    ),
    Case(
        "restated-merge",
        (*FIRST, branch("x"), commit("wip"), commit("more"), on("main"), merge("x", "Merge it")),
        ("feat: a",),
        restated={"Merge it": ("feat: a",)},
    ),
)

CASES = (*TRAPS, *REVERTS, *SQUASHES, *COPIES, *HEADERS)
