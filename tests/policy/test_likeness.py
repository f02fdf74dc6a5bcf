"""Whether a staging is like production but for the change, by what both show."""

from maintainer.policy.likeness import Shown, compare, moved, of_page, of_runs, sentence

HEADERS = {"x-powered-by": "PHP/8.1.27"}
PAGE = """<meta name="generator" content="WordPress 6.5.5"><meta content='WooCommerce 9.4.2' name='generator' />
<meta name="viewport" content="width 1.0.0"><script src="/wp-content/plugins/woocommerce/a.js?ver=9.4.2"></script>
<link href="https://cdn.example/app/themes/shop/style.css?x=1&amp;ver=2.1"><img src="/wp-content/plugins/slider/a.png">
<script src="/wp-content/plugins/stamped/a.js?ver=1732180000"></script>
"""
NONE = frozenset[str]()


def of(text: str, php: str = "8.1.27", **stated: str) -> Shown:
    runs = of_runs(stated, {}) if stated else {}
    return Shown(of_page({"x-powered-by": f"PHP/{php}"}, text), runs)


def test_a_page_is_read() -> None:
    assert of_page(HEADERS, PAGE) == {
        "php": {"": "8.1.27"},
        "wordpress": {"": "6.5.5"},
        "woocommerce": {"": "9.4.2"},
        "plugin/woocommerce": {"a.js": "9.4.2"},
        "theme/shop": {"style.css": "2.1"},
        "plugin/slider": {"a.png": ""},
        "plugin/stamped": {"a.js": ""},
    }


def test_the_same_is_the_same() -> None:
    found = compare(of(PAGE), of(PAGE.replace("1732180000", "1732190000")), (), NONE)
    assert found.differs == {}
    assert {"php", "wordpress", "plugin/woocommerce", "theme/shop"} <= set(found.same)


def test_what_differs_is_told() -> None:
    ours = PAGE.replace("9.4.2", "9.5.0").replace("plugins/slider", "plugins/carousel")
    found = compare(of(PAGE), of(ours, "8.3.1"), (), NONE)
    assert found.differs == {
        "php": "php 8.1.27 there, 8.3.1 here",
        "plugin/carousel": "plugin/carousel is only here",
        "plugin/slider": "plugin/slider is only there",
        "plugin/woocommerce": "plugin/woocommerce 9.4.2 there, 9.5.0 here",
        "woocommerce": "woocommerce 9.4.2 there, 9.5.0 here",
    }
    assert sentence(found).endswith(
        "environments.production.may_differ: [php, plugin/carousel, plugin/slider, plugin/woocommerce, woocommerce]"
    )


def test_the_change_itself_and_what_may_differ_are_none() -> None:
    ours = PAGE.replace("9.4.2", "9.5.0").replace("plugins/slider", "plugins/carousel")
    beyond = moved(["wp-content/plugins/woocommerce/a.php", ".php-version"])
    assert compare(of(PAGE), of(ours, "8.3.1"), ("plugin/c*", "plugin/slider"), beyond).differs == {}
    assert moved(["web/app/themes/shop/a.php", "wp-includes/a.php", "src/a.php"]) == {"theme/shop", "wordpress"}


def test_what_one_of_them_hides_says_nothing() -> None:
    assert compare(of(PAGE), Shown({"wordpress": {"": "6.5.5"}}), ("plugin/*", "theme/*"), NONE).differs == {}
    assert compare(of(PAGE), Shown(), (), NONE).differs == {}


def test_the_document_of_versions_is_compared_too() -> None:
    theirs, ours = of_runs({"php": "8.1.2"}, {("plugin", "a"): "1"}), of_runs({"php": "8.1.3"}, {("plugin", "a"): "1"})
    found = compare(Shown({}, theirs), Shown({}, ours), (), NONE)
    assert (found.same, found.differs) == (("plugin/a",), {"php": "php 8.1.2 there, 8.1.3 here"})
