"""Flows as the configuration wants them: presets with what is given, secrets from the environment."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from maintainer.checks.browser import Browser
from maintainer.checks.e2e import E2E
from maintainer.checks.e2e_flow import Flow
from maintainer.checks.e2e_program import Program
from maintainer.config import flows as wanted
from maintainer.config import validation
from maintainer.config.verify import Verify
from maintainer.config.yaml_file import parse
from maintainer.process import minimal

PRESETS = Path(wanted.__file__).parent / "presets"
NO_FLOWS = "no flows are configured (verify.flows, or verify.browser_tests)"


def configured(verify: Verify, environment: Mapping[str, str], root: Path) -> E2E | str:
    """The check, or why it is left out; the site's own tests are run in `root`."""
    if not verify.flows and not verify.browser_tests:
        return NO_FLOWS
    made, without = [], []
    for flow in verify.flows:
        if lack := next(_lacks(flow, environment), None):
            without.append((flow.name, *lack))
        else:
            made.append(_flow(flow, environment))
    return E2E(Browser(environment), tuple(made), tuple(without), _program(verify.browser_tests, environment, root))


def _program(tests: wanted.Program | None, environment: Mapping[str, str], root: Path) -> Program | None:
    if tests is None:
        return None
    given = {name: environment[name] for name in ("HOME", *tests.pass_env) if name in environment}
    return Program(tests.run, tests.reads, root, minimal(environment, **given), tests.within)


def _lacks(flow: wanted.Flow, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is missing for it, and what to do."""
    for variable in flow.env.values():
        if not environment.get(variable):
            yield f"{variable} is not set", "Set that environment variable in the CI"
    given = {**flow.with_, **flow.env}
    if "account" in flow.users and not {"user", "password"} <= given.keys():
        yield "no account is given to log in with", "Write env: {user: SHOP_USER, password: SHOP_PASSWORD}"
    for needs in preset(flow.preset).needs if flow.preset else ():
        names = needs.split(" or ")
        if not any(given.get(name) for name in names):
            mend = f"Write with: {{{names[0]}: …}}" + (f", or env; or {' or '.join(names[1:])}" if names[1:] else "")
            yield f"the preset {flow.preset} wants {names[0]}", mend


def _flow(flow: wanted.Flow, environment: Mapping[str, str]) -> Flow:
    known = preset(flow.preset) if flow.preset else wanted.Preset()
    return Flow(
        name=flow.name,
        steps=tuple(step(one) for one in (*known.steps, *flow.steps)),
        cleanup=tuple(step(one) for one in (*known.cleanup, *flow.cleanup)),
        devices=flow.devices,
        users=flow.users,
        given={**known.options, **flow.with_},
        secrets={name: environment[variable] for name, variable in flow.env.items()},
        locale=flow.locale or known.locale or "",
        step_seconds=flow.step,
        seconds=flow.within,
        retries=flow.retries,
        keep=frozenset(flow.keep),
    )


@cache
def preset(name: str) -> wanted.Preset:
    """A preset as its file has it."""
    path = PRESETS / f"{name}.yml"
    return validation.document(parse(path.read_bytes(), path.name), wanted.Preset)


def step(one: wanted.Act) -> dict[str, Any]:
    """A step as its program reads it."""
    made: dict[str, Any] = one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if "status" in made:
        made["status"] = str(made["status"])
    return made
