from datetime import UTC

from maintainer.model import Plan, Problem
from maintainer.writers.plan_rows import Row, rows, summary

DOWN = "packages.example does not resolve. Check the address, the network and the proxy; it is not asked again."


def test_a_host_that_is_down_is_told_of_once_and_counted_by_what_it_costs() -> None:
    plan = Plan(
        (),
        (),
        (),
        (
            Problem("composer.json", "acme/cart", DOWN),
            Problem("composer.json", "acme/pay", DOWN),
            Problem("web/composer.json", "acme/cart", DOWN),
            Problem("package.json", "left", "registry.example knows no package left."),
        ),
    )
    shown = rows(plan, UTC)
    assert shown == [
        Row("unknown", "acme/cart and 1 more", "", DOWN),
        Row("unknown", "left", "package.json", "registry.example knows no package left."),
    ]
    assert summary(shown, plan, 1.0) == "3 unknown · 0 dependencies in 1.0 s"
