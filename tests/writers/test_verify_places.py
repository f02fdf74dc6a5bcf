"""Where a verdict stands: in the file its sentence names, else at the line of the configuration that names its page."""

import pytest

from maintainer.evidence import Verdict
from maintainer.writers.verify_annotations import annotations
from maintainer.writers.verify_places import Place, placing

CONFIGURED = "maintainer.yml"
TAX, STYLE = "web/wp-content/plugins/tax/tax.php", "web/wp-content/themes/shop/style.css"
FILES = {CONFIGURED, TAX, STYLE, "web/wp-content/themes/shop/cart.php", "old/themes/shop/cart.php"}
CONFIG = """\
verify:
  pages:
    - /shop/
    - path: /checkout/ # not /cart/
    - {path: "/about/", status: 200}
"""
PLACE = placing(FILES, "maintainer.yml", CONFIG)


@pytest.mark.parametrize(
    ("reason", "where", "expected"),
    [
        ("PHP warning: x in /srv/www/wp-content/plugins/tax/tax.php on line 12", "/", (TAX, 12)),
        ("PHP warning: x (plugins/tax/tax.php, line 7)", "/", (TAX, 7)),
        ("plugins/tax/tax.php:9: x", "/", (TAX, 9)),
        ("loads /wp-content/themes/shop/style.css?ver=1, which answers 404", "/", (STYLE, 1)),
        ("PHP warning: x (themes/shop/cart.php, line 7)", "/shop/", (CONFIGURED, 3)),  # two files end so
        ("PHP warning: x (plugins/other/other.php, line 7)", "/checkout/ on mobile", (CONFIGURED, 4)),
        ("slow", "/about/", (CONFIGURED, 5)),
        ("slow", "/cart/", (CONFIGURED, 1)),
        ("slow", "/sho", (CONFIGURED, 1)),
        ("slow", "", (CONFIGURED, 1)),
        ("x (../../etc/passwd.php, line 1)", "", (CONFIGURED, 1)),
        ("plugins/tax/tax.php:0", "", (TAX, 1)),
    ],
    ids=range(12),
)  # fmt: skip
def test_a_verdict_has_a_line(reason: str, where: str, expected: tuple[str, int]) -> None:
    assert PLACE(Verdict("smoke", "php", where, "fail", reason)) == Place(*expected)


def test_what_fails_is_an_error_there_and_what_is_not_known_a_warning() -> None:
    said = [
        Verdict("smoke", "php", "/", "pass", ""),
        Verdict("load", "p95", "", "inconclusive", "0 samples"),
        *(Verdict("smoke", "php", f"/{n}/", "fail", "PHP warning: x (plugins/tax/tax.php, line 7)") for n in range(9)),
    ]
    fails, blind = annotations(said, PLACE)
    assert (fails.level, fails.file, fails.line) == ("error", TAX, 7)
    assert fails.subject == "smoke /0/, /1/ and 7 more: fail"
    assert (blind.level, blind.file, blind.subject) == ("warning", "maintainer.yml", "load: inconclusive")
