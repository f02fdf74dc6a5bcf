"""Which rules match, and which of them wins."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maintainer.errors import ConfigurationError
from maintainer.policy.globs import any_matches, path_matches
from maintainer.policy.rulebook import Rule, Rulebook, Window
from maintainer.policy.rules import MINIMUM_AGE, effective
from tests.planning.values import dependency, npm_package


@pytest.mark.parametrize(
    ("globs", "name", "expected"),
    [
        (("lodash",), "lodash", True),
        (("lodash",), "lodash-es", False),
        (("lodash*",), "lodash-es", True),
        (("@types/*",), "@types/node", True),
        (("*",), "@types/node", True),
        (("*/monolog",), "monolog/monolog", True),
        (("*/monolog",), "monolog", False),
        (("WooCommerce*",), "woocommerce-payments", True),
        (("*", "!lodash"), "lodash", False),
        (("!lodash",), "lodash", False),
        (("!lodash",), "react", True),
        (("!@types/*", "@*/*"), "@types/node", False),
        (("{react,react-dom}",), "react-dom", True),
        (("a.c",), "abc", False),
        (("lodash-**",), "lodash-a/b", True),
    ],
)
def test_names(globs: tuple[str, ...], name: str, expected: bool) -> None:
    assert any_matches(globs, (name,)) is expected


@pytest.mark.parametrize(
    ("globs", "path", "expected"),
    [
        (("package.json",), "package.json", True),
        (("package.json",), "theme/package.json", False),
        (("**/package.json",), "package.json", True),
        (("themes/**",), "themes/a/package.json", True),
        (("themes/",), "themes/a/b/package.json", True),
        (("themes/*",), "themes/a/package.json", False),
        (("**", "!themes/**"), "themes/a/package.json", False),
        (("!themes/**",), "package.json", True),
    ],
)
def test_paths(globs: tuple[str, ...], path: str, expected: bool) -> None:
    assert path_matches(globs, path) is expected


def test_what_is_no_glob_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="no glob"):
        any_matches(("[z-a]",), ("lodash",))


def test_no_rules_give_the_defaults() -> None:
    said = effective(dependency(), "patch", Rulebook())
    assert (said.act, said.group, said.minimum_age, said.windows) == (None, "", MINIMUM_AGE, ())


def test_the_last_rule_that_says_a_thing_wins() -> None:
    nights = (Window(frozenset({1}), 0, 60),)
    book = Rulebook(
        rules=(
            Rule(group="all", minimum_age=timedelta(days=7), windows=nights, act="ignore"),
            Rule(packages=("react*",), group="react", act="propose"),
            Rule(packages=("vue*",), group="vue"),
            Rule(windows=()),
        )
    )
    said = effective(npm_package("react-dom", "^18.0.0"), "minor", book)
    assert (said.group, said.minimum_age, said.windows, said.act) == ("react", timedelta(days=7), (), "propose")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(managers=("npm",)), True),
        (Rule(managers=("composer",)), False),
        (Rule(datasources=("npm",)), True),
        (Rule(sections=("devDependencies",)), True),
        (Rule(sections=("dependencies",)), False),
        (Rule(roles=("pin",)), False),
        (Rule(bumps=("minor", "patch")), True),
        (Rule(bumps=("major",)), False),
        (Rule(paths=("web/**",), managers=("npm",)), True),
        (Rule(paths=("web/**",), managers=("pip",)), False),
        (Rule(packages=("jest",), paths=("!web/**",)), False),
    ],
)
def test_every_given_condition_has_to_hold(rule: Rule, expected: bool) -> None:
    one = npm_package("jest", "^29.0.0", file="web/package.json", section="devDependencies")
    said = effective(one, "minor", Rulebook(rules=(replace(rule, group="matched"),)))
    assert (said.group == "matched") is expected


def test_a_package_is_matched_by_either_of_its_names() -> None:
    plugin = dependency("Contact Form 7", "5.9.3", package="contact-form-7")
    for glob in ("contact-form-7", "Contact Form *"):
        assert effective(plugin, "patch", Rulebook(rules=(Rule(packages=(glob,), group="g"),))).group == "g"


def test_a_major_is_grouped_only_by_a_rule_that_names_majors() -> None:
    book = Rulebook(rules=(Rule(group="all"),))
    assert effective(dependency(), "minor", book).group == "all"
    assert effective(dependency(), "major", book).group == ""
    book = Rulebook(rules=(Rule(group="all", bumps=("minor", "major")),))
    assert effective(dependency(), "major", book).group == "all"


def test_proposing_is_no_word_on_majors_but_lifts_an_ignore() -> None:
    book = Rulebook(rules=(Rule(act="ignore"), Rule(packages=("woocommerce",), act="propose")))
    assert effective(dependency(), "minor", book).act == "propose"
    assert effective(dependency(), "major", book).act is None


def test_before_there_is_an_update_bumps_are_not_known() -> None:
    book = Rulebook(rules=(Rule(bumps=("major",), strategy="widen"), Rule(prereleases=True)))
    said = effective(dependency(), None, book)
    assert (said.strategy, said.prereleases) == (None, True)
