"""The site's own tests in a browser, as a program: Playwright's in Node or Python, or any that leaves JUnit."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from maintainer import process
from maintainer.checks.base import Bench, Site
from maintainer.checks.e2e_junit import LARGEST, Case, read
from maintainer.errors import ToolFailed
from maintainer.evidence import Artifact, Blind, Evidence, Looked, Measurement, Observation

CHECK = "e2e"
PLACE = "the site's own tests"
#: Terminals are coloured, reports are not.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Program:
    """`argv` is run in `root` for each site, `{url}` filled in, which is also in BASE_URL; it leaves JUnit at `reads`.

    `environment` is all it gets besides.
    """

    argv: tuple[str, ...]
    reads: str
    root: Path
    environment: Mapping[str, str] = field(repr=False)
    seconds: float = 600.0

    def measure(self, bench: Bench) -> Evidence:
        """What its tests say of the site with the change and, where one fails there, of the one before it."""
        made = self._of(bench.head, bench)
        if bench.base and any(not one.told for one in made.observations):
            made += self._of(bench.base, bench)
        return made

    def _of(self, site: Site, bench: Bench) -> Evidence:
        report = self.root / self.reads
        argv = [one.replace("{url}", site.target.url) for one in self.argv]
        environment = {**self.environment, "BASE_URL": site.target.url, "CI": "1"}
        report.unlink(missing_ok=True)  # an old one would be read as this one's
        try:
            seconds = min(self.seconds, bench.left())
            done = process.run(argv, cwd=self.root, environment=environment, seconds=seconds, limit=2**20)
        except ToolFailed as error:
            return _blind(site, error.message.rstrip("."), "Run it by hand, or raise verify.browser_tests.within")
        if not report.is_file():
            said = _last(done.out + b"\n" + done.err)
            return _blind(site, f"{argv[0]} left no {self.reads}: {said}", "Let it write JUnit there")
        with report.open("rb") as opened:
            text = opened.read(LARGEST + 1)
        try:
            cases = read(text)
        except ValueError as error:
            return _blind(site, f"{self.reads} {error}", "Let it write JUnit there")
        ran = [case for case in cases if case.ended != "skipped"]
        if not ran:
            return _blind(site, f"{argv[0]} ran no test", "See that its tests are found and not all skipped")
        if done.code and not any(case.ended == "failed" for case in ran):
            said = _last(done.err + b"\n" + done.out)
            return _blind(
                site, f"{argv[0]} ended with code {done.code}, though no test failed: {said}", "Run it by hand"
            )
        return _evidence(ran, site, self._kept(text, site, bench))

    def _kept(self, text: bytes, site: Site, bench: Bench) -> tuple[Artifact, ...]:
        folder = bench.folder / CHECK
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{site.side}-tests.xml").write_bytes(text)
        return (Artifact(f"{CHECK}/{site.side}-tests.xml", "what the site's own tests said, as JUnit"),)


def _evidence(cases: list[Case], site: Site, artifacts: tuple[Artifact, ...]) -> Evidence:
    took = sum(case.seconds for case in cases)
    return Evidence(
        measurements=(Measurement(CHECK, "duration", PLACE, "s", (took,), site.side, artifacts),),
        observations=tuple(_observed(cases, site, artifacts)),
        looked=tuple(Looked(CHECK, "test", _named(case), site.side) for case in cases),
    )


def _observed(cases: list[Case], site: Site, artifacts: tuple[Artifact, ...]) -> Iterator[Observation]:
    for case in cases:
        if case.ended == "failed":
            said = f"the test fails: {COLOURS.sub('', case.why)}"
            yield Observation(CHECK, "test", _named(case), _named(case), said, "high", site.side, artifacts)


def _named(case: Case) -> str:
    return f"{case.suite}: {case.name}" if case.suite else case.name


def _blind(site: Site, reason: str, mend: str) -> Evidence:
    return Evidence(blind=(Blind(CHECK, PLACE, reason, mend, site.side),))


def _last(printed: bytes) -> str:
    lines = [line.strip() for line in printed.decode("utf-8", "replace").splitlines() if line.strip()]
    return COLOURS.sub("", lines[-1])[:200] if lines else "it printed nothing"
