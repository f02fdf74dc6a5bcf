"""What must stand nowhere in what `verify` leaves: every secret that sites, flows and visitors were given."""

from collections.abc import Iterator, Mapping

from maintainer.commands import environment, verify_field, verify_integrations, verify_smoke
from maintainer.config.environments import Environments
from maintainer.config.verify import Verify


def hidden(wanted: Environments, verify: Verify, outer: Mapping[str, str]) -> tuple[str, ...]:
    """The longest first; what is shorter than `environment.SHORTEST_SECRET` would be found in any text."""
    found = {
        *environment.secrets(wanted, outer),
        *verify_smoke.secrets(verify.smoke, outer),
        *verify_field.secrets(verify, outer),
        *verify_integrations.secrets(verify.integrations, outer),
        *(value for value in _typed(verify, outer) if len(value) >= environment.SHORTEST_SECRET),
    }
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


def _typed(verify: Verify, outer: Mapping[str, str]) -> Iterator[str]:
    """What flows and visitors of a load type in, read from variables."""
    for flow in verify.flows:
        yield from (outer.get(variable, "") for variable in flow.env.values())
    for secret in verify.load.secrets:
        yield outer.get(secret.value_env, "") if secret.value_env else ""
