"""Releases of a shop: one with something of everything, one in which nothing happened, and the first one."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from maintainer.changes import Changed, Doubt, Entry, Reference, Source, Undone
from maintainer.model import Advisory, Note
from maintainer.releasing import (
    Contents,
    Figure,
    Gap,
    Held,
    Known,
    Merge,
    Moved,
    Passed,
    Proof,
    Required,
    Rollback,
    Watch,
)

FORGE = "https://github.example/shop/site"
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
FREEZE_ENDS = datetime(2026, 11, 30, 23, tzinfo=UTC)


def commit(number: int) -> Source:
    sha = f"{number:02d}a7c3e9" * 5
    return Source("commit", sha, f"{FORGE}/commit/{sha}")


def proposal(number: int) -> Source:
    return Source("proposal", str(number), f"{FORGE}/pull/{number}")


def issue(number: int) -> Source:
    return Source("issue", str(number), f"{FORGE}/issues/{number}")


def measured(name: str) -> Source:
    return Source("measurement", name, f"{FORGE}/actions/runs/{name}")


RANGE = commit(99)

CONTACT_FORM = Moved(
    part="plugin",
    name="Contact Form 7",
    package="contact-form-7",
    manager="wordpress_plugin",
    before="5.9.3",
    after="5.9.8",
    bump="patch",
    sources=(proposal(118), commit(18)),
    files=("wp-content/plugins/contact-form-7/wp-contact-form-7.php",),
    between=("5.9.5", "5.9.6"),
    fixes=(
        Advisory(
            "GHSA-x4rv-7mqc-2p9j",
            "Unauthenticated file upload through a crafted field name",
            "high",
            aliases=("CVE-2026-1234",),
            url="https://nvd.example/vuln/detail/CVE-2026-1234",
        ),
    ),
    notes=(
        Note(
            "5.9.8",
            "* Fixes a vulnerability in the file upload field.\n* Removes the `wpcf7_upload_dir` filter.",
            "https://wordpress.example/plugins/contact-form-7/#developers",
            datetime(2026, 11, 20, tzinfo=UTC),
        ),
    ),
)
WOOCOMMERCE = Moved(
    part="plugin",
    name="WooCommerce",
    package="woocommerce",
    manager="wordpress_plugin",
    before="9.4.2",
    after="9.4.4",
    bump="patch",
    sources=(proposal(121), commit(21)),
    files=("wp-content/plugins/woocommerce/woocommerce.php",),
    between=("9.4.3",),
    notes=(
        Note(
            "9.4.4",
            "## 9.4.4\n\n* **Fix** - Round tax per line when prices include it. [#52011](https://forge.example/pull/52011)\n"
            "* Fix - Keep the coupon when a customer changes the country.\n"
            "* Fix - The checkout block no longer asks for a phone number twice.\n"
            "* Dev - Bump `@woocommerce/data` to 10.1.\n* Dev - Update the translation template.",
            "https://wordpress.example/plugins/woocommerce/#developers",
            datetime(2026, 11, 18, tzinfo=UTC),
        ),
        Note(
            "9.4.3",
            "<p>A small release.</p><ul><li>Stock is restored when a payment is declined.</li></ul>",
            "https://wordpress.example/plugins/woocommerce/#developers",
            datetime(2026, 11, 12, tzinfo=UTC),
        ),
    ),
)
PHP = Moved(
    part="runtime",
    name="PHP",
    package="php",
    manager="php_version",
    before="8.1",
    after="8.3",
    bump="minor",
    sources=(proposal(107), commit(7)),
    files=(".php-version", "composer.json", "Dockerfile", ".github/workflows/test.yml", ".wp-env.json"),
    supported=datetime(2027, 12, 31, 12, tzinfo=UTC),
    ended=datetime(2025, 12, 31, 12, tzinfo=UTC),
)


def plain(name: str, package: str, before: str, after: str, number: int, **more: object) -> Moved:
    return Moved(
        part="plugin",
        name=name,
        package=package,
        manager="wordpress_plugin",
        before=before,
        after=after,
        bump="minor",
        sources=(proposal(number),),
        **more,  # type: ignore[arg-type]
    )


MOVED = (
    WOOCOMMERCE,
    CONTACT_FORM,
    PHP,
    plain("Yoast SEO", "wordpress-seo", "23.8", "23.9", 112),
    plain("InPost Gallery", "inpost-gallery", "2.1.4", "", 113),
    plain("Przelewy24", "przelewy24", "", "1.0.17", 115),
    plain("Redis Object Cache", "redis-cache", "2.6.0", "2.5.4", 116, downgrade=True),
    Moved("theme", "Storefront", "storefront", "wordpress_theme", "4.6.0", "4.6.1", "patch", (proposal(117),)),
    Moved(
        "package",
        "guzzlehttp/guzzle",
        "guzzlehttp/guzzle",
        "composer",
        "7.9.1",
        "7.9.3",
        "patch",
        (proposal(119),),
        ("composer.lock",),
        open=(
            Advisory("CVE-2026-2201", "Headers leak on a redirect", "medium", url="https://nvd.example/CVE-2026-2201"),
        ),
    ),
    Moved(
        "package",
        "vite",
        "vite",
        "npm",
        "6.0.1",
        "6.0.3",
        "patch",
        (proposal(120),),
        ("package-lock.json",),
        development=True,
    ),
    Moved(
        "action",
        "actions/checkout",
        "actions/checkout",
        "github_actions",
        "v5",
        "v6",
        "major",
        (proposal(122),),
        development=True,
    ),
)

ENTRIES = (
    Entry("feat", "gift cards can be sent to a friend by e-mail", (commit(31), proposal(109)), ("checkout",)),
    Entry("feat", "delivery on the same day in Warsaw and Kraków", (commit(32), proposal(110)), ("shipping",)),
    Entry("perf", "category pages load their pictures when they are seen", (commit(33), proposal(111)), ("theme",)),
    Entry(
        "fix",
        "the cart keeps its coupon after signing in",
        (commit(34), proposal(102)),
        ("cart",),
        references=(Reference("SHOP-812", closes=True),),
    ),
    Entry("fix", "VAT number is printed on invoices for the EU", (commit(35), proposal(103)), ("invoices",)),
    Entry("fix", "`wc_get_orders` is asked for 50 orders at a time", (commit(36),), ("erp",)),
    Entry("fix", "the size chart opens on phones", (commit(37), proposal(104))),
    Entry("fix", "no second mail for a cancelled order", (commit(38), proposal(105)), ("mail",)),
    Entry(
        "refactor",
        "orders are exported by a queue",
        (commit(39),),
        ("erp",),
        breaking=("The ERP reads `/export/v2`: the old address answers 410.",),
    ),
    Entry("docs", "how to add a shipping zone", (commit(40),)),
    Entry("chore", "editor settings", (commit(41),)),
    Entry("chore", "update vite to 6.0.3", (commit(20), proposal(120)), ("deps-dev",)),
    Entry(
        "revert",
        '"sticky header"',
        (commit(42), proposal(106)),
        undoes=(Undone("feat", "sticky header on phones", ("theme",), "0" * 40),),
    ),
    Entry("other", "Opening hours for December", (commit(43),)),
)

RICH = Contents(
    site="Sklep Kubki",
    version="2026.48",
    at=AT,
    base="2026.47",
    head="2026.48",
    range=RANGE,
    changed=Changed(
        ENTRIES,
        doubts=(Doubt("nearly-breaking", "breaking change: prices are net now", (commit(36),)),),
    ),
    moved=MOVED,
    merges=(Merge(118, "Contact Form 7 5.9.8", AT, url=f"{FORGE}/pull/118"),),
    required=(
        Required("runtime", "", (proposal(107),), "PHP", "8.3"),
        Required("breaking", "the ERP reads `/export/v2`: the old address answers 410", (commit(39),), "erp"),
    ),
    watch=(
        Watch("payments", "WooCommerce", (proposal(121),)),
        Watch("taxes", "WooCommerce", (proposal(121),)),
        Watch("speed", "PHP", (proposal(107),)),
        Watch("errors", "PHP", (proposal(107),)),
        Watch("unverified", "Przelewy24", (proposal(115),)),
    ),
    known=(Known("the newsletter form shows two borders in Safari", (issue(97),)),),
    held=tuple(
        Held(title, "Black Week", FREEZE_ENDS, proposal(number))
        for number, title in (
            (123, "WooCommerce 9.4.4 → 9.5.1"),
            (124, "Elementor 3.25.4 → 3.26.0"),
            (125, "WP Rocket 3.17 → 3.18"),
            (126, "Polylang 3.6.5 → 3.6.6"),
            (127, "theme tooling (npm), 7 packages"),
            (128, "ACF 6.3.9 → 6.3.11"),
        )
    ),
    proofs=(
        Proof(
            "pass",
            {"pass": 38, "skipped": 2},
            ("smoke", "e2e", "lighthouse"),
            datetime(2026, 11, 23, 19, 12, tzinfo=UTC),
            measured("5512"),
            121,
            (
                Figure("lighthouse", "lcp", "/checkout/", "ms", 1912.0, 1934.0),
                Figure("load", "p95", "orders", "ms", 412.0, 405.0),
                Figure("lighthouse", "bytes", "/", "bytes", 1_254_000.0, None),
            ),
        ),
        Proof(
            "inconclusive",
            {"pass": 12, "inconclusive": 1},
            ("smoke", "visual"),
            datetime(2026, 11, 20, 8, 3, tzinfo=UTC),
            measured("5498"),
            118,
        ),
    ),
    passed=(
        Passed(
            "@anna-nowak",
            "The upload hole is being used on other shops, we can't wait until December.",
            datetime(2026, 11, 20, 9, 40, tzinfo=UTC),
            ("Black Week",),
            Source("event", "override-118", f"{FORGE}/pull/118#issuecomment-7"),
            "@shop/owners",
            datetime(2026, 11, 20, 11, 40, tzinfo=UTC),
        ),
    ),
    rollback=Rollback(commit(1).id, "2026.47", (WOOCOMMERCE,)),
    compare=f"{FORGE}/compare/2026.47...2026.48",
    missing=(
        Gap("advisories", "advisories.example answered 503. It is not asked again in this run."),
        Gap("publishers", "satis.shop.example answered 401. Set COMPOSER_AUTH.", ("acme/private", "acme/slider")),
        Gap("issues", "github.example does not resolve. Check the address, the network and the proxy."),
    ),
)

EMPTY = Contents(
    site="Sklep Kubki",
    version="",
    at=AT,
    base="2026.48",
    head="main",
    range=RANGE,
    changed=Changed(()),
    compare=f"{FORGE}/compare/2026.48...main",
)

FIRST = Contents(
    site="Sklep Kubki",
    version="1.0.0",
    at=AT,
    base="",
    head="1.0.0",
    range=RANGE,
    changed=Changed((Entry("feat", "a shop for mugs", (commit(2),)), Entry("chore", "start", (commit(1),)))),
    moved=(plain("WooCommerce", "woocommerce", "", "9.4.2", 1),),
)

#: What people of a Polish shop would have written instead.
POLISH = {
    "gift cards can be sent to a friend by e-mail": "kartę podarunkową można wysłać znajomym e-mailem",
    "delivery on the same day in Warsaw and Kraków": "dostawa tego samego dnia w Warszawie, Łodzi i Krakowie",
    "category pages load their pictures when they are seen": "zdjęcia na listach wczytują się dopiero, gdy je widać",
    "the cart keeps its coupon after signing in": "koszyk zachowuje kupon po zalogowaniu",
    "VAT number is printed on invoices for the EU": "na fakturach unijnych drukuje się numer VAT",
    "`wc_get_orders` is asked for 50 orders at a time": "`wc_get_orders` pobiera po 50 zamówień",
    "the size chart opens on phones": "tabela rozmiarów otwiera się na telefonach",
    "no second mail for a cancelled order": "bez drugiego maila o anulowanym zamówieniu",
    "orders are exported by a queue": "zamówienia eksportuje kolejka",
    "The ERP reads `/export/v2`: the old address answers 410.": "ERP czyta z `/export/v2`: stary adres zwraca 410.",
    "the ERP reads `/export/v2`: the old address answers 410": "przełączyć ERP na `/export/v2`: stary adres zwraca 410",
    "sticky header on phones": "przyklejony nagłówek na telefonach",
    "Opening hours for December": "Godziny otwarcia w grudniu",
    "the newsletter form shows two borders in Safari": "formularz newslettera ma w Safari podwójną ramkę",
    "theme tooling (npm), 7 packages": "narzędzia motywu (npm), 7 pakietów",
    "The upload hole is being used on other shops, we can't wait until December.": (
        "Lukę już wykorzystują w innych sklepach, nie możemy czekać do grudnia."
    ),
    "breaking change: prices are net now": "breaking change: ceny są teraz netto",
    "orders": "zamówienia",
}


def said_in_polish(value: Any) -> Any:
    """The same contents, in the words of people who write Polish."""
    if isinstance(value, str):
        return POLISH.get(value, value)
    if isinstance(value, tuple):
        made = map(said_in_polish, value)
        return value._make(made) if hasattr(value, "_make") else tuple(made)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: said_in_polish(getattr(value, one.name)) for one in fields(value)})
    return value


SCENES = {"rich": RICH, "empty": EMPTY, "first": FIRST}


def scene(name: str, language: str) -> Contents:
    """A scene as a team that speaks the language would leave it."""
    found = said_in_polish(SCENES[name]) if language == "pl" else SCENES[name]
    assert isinstance(found, Contents)
    return found
