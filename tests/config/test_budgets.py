"""`verify.budgets`, as people write it and as they bring it along."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from maintainer.config.budgets import Budget, Lighthouse
from maintainer.config.carried.budget_files import budget_json, budgets_file, lighthouse_ci, sitespeed
from maintainer.config.carried.carried import Carried
from maintainer.config.carried.found import found
from maintainer.errors import ConfigurationError
from maintainer.policy.budgets import Growth

WRITTEN = {
    "pages": "/checkout/**",
    "devices": "mobile",
    "limits": {"lcp": "2.5s", "tbt": "200 ms", "bytes_script": "300kB", "bytes": "1 MiB", "cls": "0.1", "ttfb": "none"},
    "warn": {"lcp": "2s"},
    "growth": {"lcp": "10%", "bytes_script": "50kB", "requests": "5 %", "tbt": "none"},
}


def test_amounts_have_units() -> None:
    made = Budget.model_validate(WRITTEN).budget()
    assert made.limits == {
        "lcp": 2500,
        "tbt": 200,
        "bytes_script": 300_000,
        "bytes": 1_048_576,
        "cls": 0.1,
        "ttfb": None,
    }
    assert made.warn == {"lcp": 2000}
    assert made.growth == {
        "lcp": Growth(share=0.1),
        "bytes_script": Growth(amount=50_000),
        "requests": Growth(share=0.05),
        "tbt": None,
    }
    assert made.fits("/checkout/pay on mobile")
    assert not made.fits("/checkout/pay on desktop")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"limits": {"lpc": "1s"}}, '"lpc" is no metric. Did you mean "lcp"?'),
        ({"limits": {"lcp": "2500"}}, 'lcp: "2500" is no amount of it. Write 2.5s or 300ms, or none.'),
        ({"limits": {"bytes": "2s"}}, "Write 300kB or 1.5MB"),
        ({"limits": {"lcp": "-1s"}}, "is no amount"),
        ({"limits": {"lcp": "1e9s"}}, "is no amount"),
        ({"limits": {"score_seo": "90"}}, "Write a number from 0 to 1"),
        ({"limits": "2s"}, "is a single value. Write a map"),
        ({"limits": {"lcp": {"max": "1s"}}}, "lcp: is a map. Write one value."),
        ({"growth": {"lcp": "1%"}}, "less than 3% of a timing can't be told from none"),
        ({"growth": {"lcp": "200ms"}}, "a timing grows by shares. Write 10%, or none."),
        ({"growth": {"bytes": "lots"}}, "is no amount"),
        ({"devices": "watch"}, "mobile"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[:24],
)
def test_a_mistake_is_told_with_what_to_write(written: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Budget.model_validate(written)
    assert sentence in str(caught.value)


def test_editors_are_told_the_same() -> None:
    schema = Draft202012Validator(Budget.model_json_schema())
    assert schema.is_valid(WRITTEN)
    assert schema.is_valid({"limits": {"cls": 0.1, "requests": 80}})
    assert not schema.is_valid({"limits": {"lpc": "1s"}})
    assert not schema.is_valid({"limits": {"lcp": "soon"}})


def test_the_fewest_runs_are_not_more_than_the_most() -> None:
    assert Lighthouse.model_validate({"fewest": "5", "most": "5"}).most == 5
    with pytest.raises(ValidationError, match="Raise most"):
        Lighthouse.model_validate({"fewest": "9", "most": "5"})


def test_what_is_clicked_stands_once_for_a_page() -> None:
    once = {"interact": [{"page": "/mug/", "click": "button.add-to-cart"}]}
    assert [(one.page, one.click) for one in Lighthouse.model_validate(once).interact] == [
        ("/mug/", ("button.add-to-cart",))
    ]
    assert Draft202012Validator(Lighthouse.model_json_schema()).is_valid(once)
    twice = {"interact": [{"page": "/mug/", "click": "#add"}, {"page": "/mug/", "click": "#more"}]}
    with pytest.raises(ValidationError, match=r'interact names "/mug/" twice'):
        Lighthouse.model_validate(twice)
    with pytest.raises(ValidationError):
        Lighthouse.model_validate({"interact": [{"page": "/mug/", "click": []}]})


# what other tools were told


def budgets(carried: Carried) -> list[dict[str, Any]]:
    """What was carried over, once our own settings have read it."""
    made: list[dict[str, Any]] = carried.settings.get("verify", {}).get("budgets", [])
    for one in made:
        Budget.model_validate(one)
    return made


def test_what_lighthouse_ci_asserts_as_errors_is_carried_over() -> None:
    told = {
        "ci": {
            "collect": {"settings": {"preset": "desktop"}},
            "assert": {
                "preset": "lighthouse:recommended",
                "assertions": {
                    "largest-contentful-paint": ["error", {"maxNumericValue": 2500, "aggregationMethod": "optimistic"}],
                    "categories:seo": ["error", {"minScore": 0.9}],
                    "resource-summary:script:size": ["error", {"maxNumericValue": 125000}],
                    "resource-summary.third-party.count": ["error", {"maxNumericValue": 5}],
                    "interactive": ["error", {"maxNumericValue": 5000}],
                    "speed-index": ["warn", {"maxNumericValue": 3000}],
                    "total-blocking-time": "error",
                    "tap-targets": "off",
                },
                "assertMatrix": [
                    {
                        "matchingUrlPattern": "https?://[^/]+/product/.*",
                        "assertions": {"cumulative-layout-shift": ["error", {"maxNumericValue": 0.1}]},
                    },
                    {"matchingUrlPattern": "(cart|basket)", "assertions": {"speed-index": "error"}},
                ],
            },
        }
    }
    made = lighthouse_ci(json.dumps(told), "lighthouserc.json")
    assert budgets(made) == [
        {
            "devices": ["desktop"],
            "limits": {"lcp": "2500ms", "score_seo": "0.9", "bytes_script": "125000B", "requests_third_party": "5"},
        },
        {"pages": ["/product/**"], "devices": ["desktop"], "limits": {"cls": "0.1"}},
    ]
    assert [one.where for one in made.not_carried] == [
        "ci.assert.preset",
        "ci.assert.assertions.interactive",
        "ci.assert.assertions.speed-index",
        "ci.assert.assertions.total-blocking-time",
        "ci.assert.assertMatrix[1]",
    ]


@pytest.mark.parametrize(
    ("pattern", "pages"),
    [
        (".*", None),
        ("http://[^/]+/$", ["/"]),
        ("^https://shop.example/cart/$", ["/cart/"]),
        ("http://localhost:8080/blog", ["/blog**"]),
    ],
)
def test_a_pattern_over_addresses_becomes_a_glob_over_paths(pattern: str, pages: list[str] | None) -> None:
    row = {"matchingUrlPattern": pattern, "assertions": {"speed-index": ["error", {"maxNumericValue": 3000}]}}
    made = lighthouse_ci(json.dumps({"ci": {"assert": {"assertMatrix": [row]}}}), "lighthouserc.json")
    (budget,) = budgets(made)
    assert budget.get("pages") == pages


def test_lighthouses_own_budget_is_carried_over() -> None:
    told = [
        {
            "path": "/product/*",
            "timings": [{"metric": "interactive", "budget": 5000}, {"metric": "speed-index", "budget": 3000}],
            "resourceSizes": [{"resourceType": "script", "budget": 125}],
            "resourceCounts": [{"resourceType": "third-party", "budget": 10}, {"resourceType": "total"}],
        },
        {"path": "/*", "resourceSizes": [{"resourceType": "total", "budget": 500}]},
    ]
    made = budgets_file(json.dumps(told), "budget.json")
    assert budgets(made) == [
        {
            "pages": ["/product/**"],
            "limits": {"si": "3000ms", "bytes_script": "128000B", "requests_third_party": "10"},
        },
        {"limits": {"bytes": "512000B"}},
    ]
    assert [one.where for one in made.not_carried] == ["[0].timings[0]", "[0].resourceCounts[1]"]


def test_sitespeeds_budget_is_carried_over() -> None:
    told = {
        "budget": {
            "timings": {"firstPaint": 1000, "largestContentfulPaint": 2500},
            "requests": {"total": 89, "javascript": 10},
            "transferSize": {"total": 400000},
            "thirdParty": {"requests": 0},
            "score": {"accessibility": 100},
            "https://www.shop.example/cart/": {"googleWebVitals": {"cumulativeLayoutShift": 0.05}},
        }
    }
    made = sitespeed(json.dumps(told), "budget.json")
    assert budgets(made) == [
        {
            "limits": {
                "lcp": "2500ms",
                "requests": "89",
                "requests_script": "10",
                "bytes": "400000B",
                "requests_third_party": "0",
            }
        },
        {"pages": ["/cart/"], "limits": {"cls": "0.05"}},
    ]
    assert [one.where for one in made.not_carried] == ["budget.timings.firstPaint", "budget.score.accessibility"]


@pytest.mark.parametrize("reader", [lighthouse_ci, budgets_file, sitespeed], ids=lambda one: one.__name__)
@pytest.mark.parametrize("text", ["", "[", "3", '{"ci": 3}', '{"budget": []}', "null", "[" * 10_000], ids=repr)
def test_what_is_no_budget_is_refused(reader: Any, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^b\.json"):
        reader(text, "b.json")


@pytest.mark.parametrize("value", [-1, True, "5", None, 1e300, [], float("inf")], ids=repr)
def test_what_is_no_amount_is_left_behind(value: Any) -> None:
    made = sitespeed(json.dumps({"budget": {"requests": {"total": value}}}), "budget.json")
    assert (budgets(made), len(made.not_carried)) == ([], 1)


def test_lighthouse_plays_a_phone_unless_it_is_told_otherwise() -> None:
    told = {"ci": {"assert": {"assertions": {"speed-index": ["error", {"maxNumericValue": 3000}]}}}}
    (budget,) = budgets(lighthouse_ci(json.dumps(told), "lighthouserc.json"))
    assert budget["devices"] == ["mobile"]


def test_the_pages_that_were_looked_at_are_carried_over() -> None:
    urls = ["http://localhost:8080", "http://localhost:8080/cart/?a=b", "/shop/", "//evil", 3]
    told = {"ci": {"collect": {"url": urls}, "assert": {}}}
    made = lighthouse_ci(json.dumps(told), "lighthouserc.json")
    assert made.settings == {"verify": {"pages": ["/", "/cart/?a=b", "/shop/"]}}
    assert [one.where for one in made.not_carried] == ["ci.collect.url"]


YAML = """\
ci:
  collect: {url: [https://shop.example/shop/], settings: &desktop {preset: desktop}}
  assert:
    assertions:
      speed-index: [error, {maxNumericValue: 3000}]
      categories:seo: [error, {minScore: 0.9}]
      first-contentful-paint: [error, {maxNumericValue: "1000"}]
"""


def test_yaml_says_the_same_as_json() -> None:
    made = lighthouse_ci(YAML, "lighthouserc.yml")
    assert budgets(made) == [{"devices": ["desktop"], "limits": {"si": "3000ms", "score_seo": "0.9"}}]
    assert made.settings["verify"]["pages"] == ["/shop/"]
    assert [one.where for one in made.not_carried] == ["ci.assert.assertions.first-contentful-paint"]


# the files of a repository

LCP = {"ci": {"assert": {"assertions": {"largest-contentful-paint": ["error", {"maxNumericValue": 2500}]}}}}
SCRIPTS = [{"resourceSizes": [{"resourceType": "script", "budget": 125}]}]
REQUESTS = {"budget": {"requests": {"total": 80}}}


def there(files: dict[str, Any]) -> Carried:
    texts = {file: told if isinstance(told, str) else json.dumps(told) for file, told in files.items()}
    return found(texts, texts.__getitem__)


def test_all_files_of_budgets_are_carried_over_together() -> None:
    files = {".github/lighthouse/lighthouserc.json": LCP, "budget.json": SCRIPTS, "sitespeed/budget.json": REQUESTS}
    made = there(files)
    assert set(made.files) == set(files)
    limits = [one["limits"] for one in budgets(made)]
    assert limits == [{"lcp": "2500ms"}, {"bytes_script": "128000B"}, {"requests": "80"}]
    assert made.sources["verify.budgets[2]"] == "sitespeed/budget.json budget"


def test_the_file_that_lighthouse_ci_would_read_is_read() -> None:
    assert there({".lighthouserc.json": LCP, "lighthouserc.yml": YAML}).files == (".lighthouserc.json",)


def test_a_program_is_not_run_and_how_to_print_it_is_told() -> None:
    program = "module.exports = { ci: { assert: { budgetsFile: './perf/budget.json' } } }"
    made = there({"lighthouserc.js": program, "perf/budget.json": SCRIPTS})
    assert made.files == ("lighthouserc.js", "perf/budget.json")
    assert len(budgets(made)) == 1
    (left,) = made.not_carried
    assert (left.file, left.what) == ("lighthouserc.js", "the whole file")
    assert """node -p 'JSON.stringify(require("./lighthouserc.js"))' > lighthouserc.json""" in left.instead
    assert there({"lighthouserc.js": program, "lighthouserc.json": LCP}).not_carried == ()


@pytest.mark.parametrize("text", ["{}", '{"budget": 3}', '{"2026": {"rent": 900}}', "[]", "[1, 2]"], ids=repr)
def test_another_file_of_that_name_is_left_alone(text: str) -> None:
    assert budget_json(text, "budget.json") is None
    assert there({"budget.json": text}).files == ()


UNREADABLE = {"empty": "", "open": "{", "binary": "\x00", "deep": "[" * 50_000, "large": " " * 2**20 + "[]"}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_can_not_be_read_is_told(text: str) -> None:
    for file in ("lighthouserc.json", "lighthouserc.yaml", "budget.json"):
        made = there({file: text})
        assert [(one.file, one.what) for one in made.not_carried] == [(file, "the whole file")]
