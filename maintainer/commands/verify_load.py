"""The load as the configuration wants it, and the verdicts on what it measured."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from maintainer.checks import load_presets
from maintainer.checks.base import Check
from maintainer.checks.load import Abort, Journey, Load, Step
from maintainer.checks.load_arrivals import shaped
from maintainer.checks.load_knee import Knee, LoadAndKnee
from maintainer.checks.load_own import OwnLoad
from maintainer.checks.load_program import Program, Workers
from maintainer.config import load_test
from maintainer.config.verify import Verify
from maintainer.errors import ConfigurationError
from maintainer.evidence import Evidence, Verdict
from maintainer.policy.load import USUAL, Limit, Wanted, judge
from maintainer.policy.statistics import least_pairs

NONE = "no load is configured (verify.load): name a preset, journeys, or a locustfile"
#: Words a search may be for, where no feed `term` is given.
TERMS = ("a", "e", "o")
#: A block of a load by turns lasts so many seconds or more.
SHORTEST = 3.0
FILE = re.compile(r"(?P<path>[^:]+\.csv)(?::(?P<column>\w+))?", re.ASCII)


def configured(verify: Verify, environment: Mapping[str, str], root: Path) -> Check | str:
    """The check, or why it is left out. Raises ConfigurationError for feeds that can't be read."""
    wanted = verify.load
    if not wanted.wanted:
        return NONE
    if wanted.locustfile:
        given = {name: environment[name] for name in wanted.pass_env if name in environment}
        program = Program(environment, processes=wanted.processes)
        return OwnLoad(program, root / wanted.locustfile, wanted.users, wanted.duration, given, environment)
    load = _load(verify, environment, root)
    if wanted.knee is None:
        return load
    return LoadAndKnee(load, Knee(wanted.knee.first, wanted.knee.most, wanted.knee.step, wanted.knee.p95))


def _load(verify: Verify, environment: Mapping[str, str], root: Path) -> Load:
    wanted = verify.load
    journeys = _journeys(wanted)
    names = {step.name for journey in journeys for step in journey.steps}
    pairs = max(8, least_pairs(len(names) + 2) + 1) if wanted.shape == "constant" else 1
    workers = wanted.workers
    return Load(
        Program(
            environment,
            processes=wanted.processes,
            workers=Workers(workers.count, workers.port, workers.within) if workers else None,
        ),
        journeys,
        shaped(wanted.shape, wanted.rate, wanted.duration, wanted.peak),
        feeds=_feeds(wanted, environment, root, journeys),
        pairs=max(1, min(pairs, int(wanted.duration / SHORTEST))),
        warm_up=wanted.warm_up,
        cap=wanted.cap,
        open=wanted.open,
        seconds=verify.within.request,
        abort=Abort(wanted.abort.errors, wanted.abort.grace, wanted.abort.fewest),
        production="load" in verify.production,
        environment=environment,
    )


def judged(evidence: Evidence, verify: Verify, *, baseline: bool) -> tuple[Verdict, ...]:
    """The verdict on every limit of every place."""
    wanted = verify.load
    limits = [USUAL, *(Limit(one.endpoints, one.p50, one.p95, one.p99, one.errors) for one in wanted.limits)]
    growth = {"p50": wanted.p50_growth, "p95": wanted.p95_growth}
    knee = wanted.knee.least if wanted.knee else None
    whole = Wanted(limits, growth, wanted.answered, wanted.carts, wanted.stall, wanted.fewest, knee)
    return judge(evidence, whole, baseline=baseline)


def _journeys(wanted: load_test.LoadTest) -> tuple[Journey, ...]:
    """What visitors do; a share of each kind signs in first. Raises ConfigurationError where nobody does anything."""
    made = tuple(Journey(one.name, _steps(one.steps), one.weight) for one in wanted.journeys if one.weight)
    if wanted.preset:
        places = {name: _step(step, name) for name, step in wanted.places.items()}
        made += load_presets.journeys(wanted.preset, places)
    if not made:
        raise ConfigurationError("verify.load: nobody would do anything. Give a journey a weight, or a preset places.")
    if wanted.signed_in is None or not wanted.signed_in.share:
        return made
    share, first = wanted.signed_in.share, _steps(wanted.signed_in.steps)
    signed_in = (replace(one, steps=(*first, *one.steps), weight=one.weight * share) for one in made)
    guests = (replace(one, weight=one.weight * (1 - share)) for one in made if share < 1)
    return (*guests, *signed_in)


def _steps(steps: Iterable[load_test.JourneyStep]) -> tuple[Step, ...]:
    return tuple(_step(step) for step in steps)


def _step(step: load_test.JourneyStep, name: str = "") -> Step:
    path = step.get or step.post or "/"
    method = "GET" if step.get else "POST"
    return Step(
        name=step.name or name or f"{method} {path}",
        path=path,
        method="GET" if step.get else "POST",
        form=step.form,
        json=step.json_,
        headers=step.headers,
        status=step.status,
        must=step.must,
        must_not=step.must_not,
        keep={
            kept: {"header": where.header.lower()} if where.header else {"pattern": where.pattern or ""}
            for kept, where in step.keep.items()
        },
        think=step.think,
        cart=step.cart,
    )


def _feeds(
    wanted: load_test.LoadTest, environment: Mapping[str, str], root: Path, journeys: Sequence[Journey]
) -> dict[str, Sequence[str]]:
    """The values visitors take by turns. Raises ConfigurationError for one that nothing gives."""
    feeds: dict[str, Sequence[str]] = {name: _values(name, given, root) for name, given in wanted.feeds.items()}
    for secret in wanted.secrets:
        value = secret.value or environment.get(secret.value_env or "", "")
        if not value:
            place = f"verify.load.secrets: {secret.name}"
            raise ConfigurationError(f"{place}: {secret.value_env} is not set. Set it in the CI.")
        feeds[secret.name] = (value,)
    if wanted.preset:
        feeds.setdefault("term", TERMS)
    steps = [step for journey in journeys for step in journey.steps]
    known = {*feeds, "visitor", *(name for step in steps for name in step.keep)}
    for step in steps:
        for name in re.findall(r"\{([A-Za-z]\w*)\}", " ".join((step.path, *step.form.values()))):
            if name not in known:
                raise ConfigurationError(
                    f"verify.load: {step.name} wants {{{name}}}, which nothing gives. Write it under "
                    f"verify.load.feeds, such as {name}: [12, 15]."
                )
    return feeds


def _values(name: str, given: Sequence[str], root: Path) -> Sequence[str]:
    match = FILE.fullmatch(given[0]) if len(given) == 1 else None
    if match is None:
        return given
    place = f"verify.load.feeds.{name}: {match['path']}"
    path = (root / match["path"]).resolve()
    if not path.is_relative_to(root.resolve()):
        raise ConfigurationError(f"{place} is outside the repository. Name a file in it.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{place} can't be read: {error}. Write a CSV file in UTF-8.") from None
    column = 0
    if match["column"]:
        if not rows or match["column"] not in rows[0]:
            raise ConfigurationError(f"{place} has no column {match['column']} in its first line.")
        column, rows = rows[0].index(match["column"]), rows[1:]
    values = [row[column] for row in rows if len(row) > column and row[column]]
    if not values:
        raise ConfigurationError(f"{place} has no values. Write one a line.")
    return values
