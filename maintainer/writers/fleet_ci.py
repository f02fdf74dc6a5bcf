"""A fleet's shards as jobs of a CI: a GitHub matrix, a GitLab child pipeline."""

import json
import shlex
from collections.abc import Sequence
from typing import Any, Protocol

import yaml


class Shard(Protocol):
    """See `planning.fleet.Shard`."""

    @property
    def number(self) -> int: ...

    @property
    def sites(self) -> tuple[str, ...]: ...

    @property
    def seconds(self) -> float: ...


#: Jobs at most. GitHub: of one matrix (https://docs.github.com/en/actions/reference/limits). GitLab has limits on
#: active jobs by plan, on GitLab.com 500 for all pipelines of a free project, so that so many leave room for others
#: (https://docs.gitlab.com/administration/instance_limits/#number-of-jobs-in-active-pipelines).
MOST = {"github": 256, "gitlab": 200}

#: GitHub takes 1 MiB as a job's output.
LONGEST_OUTPUT = 1024 * 1024


def github(shards: Sequence[Shard]) -> str:
    """A line for `strategy.matrix`: one job a shard. How many run at once is `strategy.max-parallel`'s to say.

    The names are there for people to see; where there are too many for an output, they are left out.
    """
    made = {"include": [{"shard": shard.number, "sites": list(shard.sites)} for shard in shards]}
    text = json.dumps(made, separators=(",", ":"))
    if len(text) > LONGEST_OUTPUT // 2:
        text = json.dumps({"include": [{"shard": shard.number} for shard in shards]}, separators=(",", ":"))
    return text + "\n"


def gitlab(
    shards: Sequence[Shard],
    *,
    parallel: int,
    plan: str,
    results: str,
    inventory: str,
    image: str = "",
    before: Sequence[str] = (),
) -> str:
    """A child pipeline: one job a shard, at most `parallel` at once, then the page over all sites.

    Jobs of one resource group run one after another, so there are as many groups as may run at once; the jobs of
    another pipeline wait for them too (https://docs.gitlab.com/ci/resource_groups/). `plan` is the file that the job
    `fleet plan` of the parent pipeline left as an artifact; the shards pass it on. Stages, not `needs`, order the
    jobs: a job needs 50 others at most. `image` and the commands `before` make `maintainer` available.
    """
    document: dict[str, Any] = {"stages": ["sites", "status"]}
    usual: dict[str, Any] = ({"image": image} if image else {}) | ({"before_script": list(before)} if before else {})
    from_parent = [{"pipeline": "$PARENT_PIPELINE_ID", "job": "fleet plan"}]
    kept = {"when": "always", "paths": [plan, results], "expire_in": "4 weeks"}
    for shard in shards:
        argv = ["maintainer", "fleet", "run", "--inventory", inventory, "--plan", plan]
        argv += ["--shard", str(shard.number), "--results", results]
        document[f"shard {shard.number}"] = usual | {
            "stage": "sites",
            "needs": from_parent,
            "resource_group": f"fleet-{(shard.number - 1) % max(parallel, 1) + 1}",
            "script": [shlex.join(argv)],
            "artifacts": kept,
        }
    argv = ["maintainer", "fleet", "status", results, "--plan", plan, "--page", f"{results}/index.html"]
    script = [shlex.join(argv)]
    if not shards:
        script = ["echo 'Every site has a result of this plan.'"]
    document["status"] = usual | {"stage": "status", "when": "always", "script": script, "artifacts": kept}
    body = yaml.dump(document, Dumper=_Plain, sort_keys=False, width=200)
    return f"# Made by `maintainer fleet plan --for gitlab`.\n{body}"


class _Plain(yaml.SafeDumper):
    """Without anchors: people read it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True
