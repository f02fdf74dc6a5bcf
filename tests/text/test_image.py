"""An image reference is taken apart as the registries' own grammar says, and nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.model import Dependency, Manifest
from maintainer.text import image, places
from maintainer.text.places import Traced


@pytest.mark.parametrize(
    ("reference", "name", "registry", "tag"),
    [
        ("php:8.2-fpm", "php", "", "8.2-fpm"),
        ("php", "php", "", None),
        ("library/php:8", "library/php", "", "8"),
        ("localhost/a/b:1", "localhost/a/b", "localhost", "1"),
        ("localhost:5000/a:1", "localhost:5000/a", "localhost", "1"),
        ("host:5000/a", "host:5000/a", "host", None),
        ("ghcr.io/a/b-c__d:v1.2", "ghcr.io/a/b-c__d", "ghcr.io", "v1.2"),
        (f"php@sha256:{'a' * 64}", "php", "", None),
    ],
)
def test_a_reference_is_taken_apart(reference: str, name: str, registry: str, tag: str | None) -> None:
    found = image.parse(reference)
    assert found and (found.name, found.registry) == (name, registry)
    assert (reference[slice(*found.tag)] if found.tag else None) == tag
    assert bool(found.digest) == ("@" in reference)


@pytest.mark.parametrize("reference", ["", "PHP:8.2", "php:", "php:8 2", "a//b:1", "{{ x }}:1", "php@sha256:1", "٣:1"])
def test_other_texts_are_no_reference(reference: str) -> None:
    assert image.parse(reference) is None


@pytest.mark.parametrize(
    ("name", "runtime"),
    [
        ("php", "php"),
        ("docker.io/library/php", "php"),
        ("public.ecr.aws/docker/library/node", "node"),
        ("cimg/php", "php"),
        ("webdevops/php-nginx-dev", "php"),
        ("bitnami/php-fpm", "php"),
        ("cimg/node", "node"),
        ("wordpress", "wordpress"),
        ("phpmyadmin", ""),
        ("shop/php", ""),
        ("composer", ""),
        ("mcr.microsoft.com/devcontainers/php", ""),
    ],
)
def test_the_images_of_a_runtime_are_known(name: str, runtime: str) -> None:
    found = image.parse(f"{name}:1")
    assert found and found.runtime == runtime


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("php:$V-x", "php:8.2-x"),
        ("php:${V}", "php:8.2"),
        ("php:${V:-8.1}", "php:8.2"),
        ("php:${W:-8.1}", "php:8.1"),
        ("${W:-php:${V}-fpm}", "php:8.2-fpm"),
        ("${E:-a}${E-b}", "a"),
        ("${V:+yes}${W:+no}", "yes"),
        ("${V:?needed}", "8.2"),
        ("${V#8}", None),
        ("$W", None),
        ("${V", None),
        ("${{ v }}", None),
        ("$", None),
        ("${" * 3000, None),
        ("plain", "plain"),
    ],
)
def test_variables_are_put_in(value: str, expected: str | None) -> None:
    known = {"V": Traced.of("8.2", 100), "E": Traced.of("", 0)}
    found = places.expand(Traced.of(value, 0), known)
    assert (found.text if found else None) == expected


def test_variables_that_double_each_other_end() -> None:
    known = {"A0": Traced.of("x" * 100, 0)}
    for n in range(1, 60):
        value = places.expand(Traced.of(f"$A{n - 1}$A{n - 1}", 0), known)
        if value is None:
            return
        known[f"A{n}"] = value
    raise AssertionError("no bound")


@given(st.text("php:8.2-node/@sha256${}V- ", max_size=40), st.text("8.2:-php", max_size=12))
def test_what_is_stated_stands_there(reference: str, variable: str) -> None:
    text = f"{variable}\n{reference}"
    known = {"V": Traced.of(variable, 0)}
    expanded = places.expand(Traced.of(reference, len(variable) + 1), known)
    if expanded is None:
        return
    found = places.distinct(image.stated("m", Manifest("f", text), "s", expanded))
    ends = 0
    for one in (one for one in found if isinstance(one, Dependency)):
        assert text[slice(*one.at)] == one.text and one.constraint in one.text
        assert one.at.start >= ends
        ends = one.at.end
