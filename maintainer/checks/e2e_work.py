"""The program that goes through a flow in the browser: `python -m maintainer.checks.e2e_work`, a job on its input.

The job: `sites` (one, as `browser.site` gives it), `device`, `user`, `steps`, `cleanup`, `variables`, `secrets`,
`locale`, `step_seconds`, `seconds`, `keep` (`trace`, `video`), `name` of files, `only_cleanup`.
The answer: `failed` (facts of the step that did, or null), `uncleaned` (the same of the cleanup), `rescued`, `kinds`
(of steps that were done), `cleaned` (whether anything was there to do), `took` (name and seconds of each step, the
flow's first, `done` of them), `variables`, `seconds`, `artifacts`, `refused`.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from maintainer.checks.browser_session import Session, Visit, work
from maintainer.checks.e2e_page_work import Surface
from maintainer.checks.e2e_steps_work import Doing, do
from maintainer.checks.e2e_values import Unmet, masked
from maintainer.checks.e2e_watch_work import Watch
from maintainer.checks.smoke_page import errors
from maintainer.http_visit import host_of

#: Cookies by which no customer is known again.
KEEPS_NOBODY = re.compile(r"csrf|xsrf|consent|^_ga|^_gid|^_fbp|^test", re.IGNORECASE)
#: The cleanup may take so long, whatever the flow took.
CLEANING = 60.0


@dataclass(slots=True)
class Run:
    """One way through the flow, or its cleanup."""

    session: Session
    job: Mapping[str, Any]
    variables: dict[str, str]
    folder: Path
    artifacts: list[dict[str, str]] = field(default_factory=list)
    rescued: list[dict[str, str]] = field(default_factory=list)
    refused: dict[str, None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def through(self, steps: Sequence[Mapping[str, Any]], seconds: float, kind: str) -> "Outcome":
        """All steps in a fresh context, up to the first that fails."""
        job, site = self.job, self.job["sites"][0]
        keep = job["keep"] if kind == "flow" else []
        more: dict[str, Any] = {"locale": job["locale"].replace("_", "-")} if job["locale"] else {}
        if "video" in keep and self._films(site):
            more["record_video_dir"] = str(self.folder)
        with self.session.context(site, job["device"], **more) as visit:
            if "trace" in keep:
                visit.context.tracing.start(screenshots=True, snapshots=True)
            outcome = self._steps(visit, steps, seconds, kind)
            if outcome.failed:
                self._screenshot(visit, outcome, kind)
            if "trace" in keep:
                self._trace(visit)
            self.refused |= visit.guard.refused
            video = visit.page.video if "record_video_dir" in more else None
        if video:
            name = f"{job['name']}.webm"
            video.save_as(self.folder / name)
            video.delete()
            self.artifacts.append({"file": name, "what": "a video of it"})
        return outcome

    def _films(self, site: Mapping[str, Any]) -> bool:
        """Whether videos can be made: Playwright wants an ffmpeg of its own for them."""
        try:
            with self.session.context(site, self.job["device"], record_video_dir=str(self.folder)) as visit:
                film = visit.page.video
            if film:
                film.delete()
        except Error as error:
            if "ffmpeg" not in error.message:
                raise
            self.notes.append("no video is kept: Playwright has no ffmpeg. Run: playwright install ffmpeg")
            return False
        return True

    def _steps(self, visit: Visit, steps: Sequence[Mapping[str, Any]], seconds: float, kind: str) -> "Outcome":
        """Up to the first that fails. A cleanup goes on after a request to the site's API that does: it does what it
        can.
        """
        watch = Watch(host_of(self.job["sites"][0]["url"]))
        watch.page(visit.page)
        visit.context.on("page", lambda page: watch.page(page))
        surface = Surface(visit.page, watch, visit.page, rescued=self.rescued)
        doing = Doing(self.session, visit, surface, watch, self.job, self.variables, time.monotonic() + seconds)
        outcome = Outcome(doing)
        try:
            for step in steps:
                try:
                    do(doing, step)
                except Unmet as unmet:
                    outcome.failed = outcome.failed or _facts(doing, unmet)
                    if kind == "flow" or doing.verb != "api":
                        break
        except Error as error:  # the page, or the browser, is gone
            if not visit.page.is_closed():
                outcome.failed = _facts(doing, Unmet("browser", "the browser should go on", error.message[:300]))
            else:
                raise
        return outcome

    def _screenshot(self, visit: Visit, outcome: "Outcome", kind: str) -> None:
        """What is there where it failed; passwords and what is secret are covered."""
        name = f"{self.job['name']}{'' if kind == 'flow' else '-cleanup'}.png"
        covered = [visit.page.locator("input[type=password]"), *outcome.doing.secret_fields]
        try:
            visit.page.screenshot(path=self.folder / name, full_page=True, mask=covered, timeout=10_000)
        except Error:
            return
        self.artifacts.append({"file": name, "what": "what was on the page then"})

    def _trace(self, visit: Visit) -> None:
        name = f"{self.job['name']}-trace.zip"
        visit.context.tracing.stop(path=self.folder / name)
        self.artifacts.append({"file": name, "what": "its trace, for: playwright show-trace"})


@dataclass(slots=True)
class Outcome:
    """What became of the steps."""

    doing: Doing
    failed: dict[str, Any] | None = None


def _facts(doing: Doing, unmet: Unmet) -> dict[str, Any]:
    """All that may say why."""
    page, since = doing.surface.page, doing.watch.since()  # asking the page waits for it, and then all is answered
    try:
        title, content = page.title(), page.content()
    except Error:
        title, content = "", ""
    try:
        cookies = {one.get("name", "") for one in doing.visit.context.cookies()}
        password = page.locator("input[type=password]").first.is_visible()
    except Error:
        cookies, password = set(), False
    return {
        "kind": unmet.kind,
        "wanted": unmet.wanted,
        "got": unmet.got,
        "step": doing.name,
        "verb": doing.verb,
        "number": doing.number,
        "action": doing.action,
        "key": doing.key,
        "url": page.url,
        "title": title,
        "notices": doing.surface.notices(),
        "fatal": [fact.sentence for fact in errors(content)][:3],
        "password": password,
        "lost": sorted(doing.cookies - cookies),
        "cookieless": doing.acted and not any(not KEEPS_NOBODY.search(name) for name in cookies),
        "gist": doing.surface.gist(),
        "refused": sorted({host_of(url) for url in doing.visit.guard.refused})[:5],
        **since,
    }


def main(session: Session, job: Mapping[str, Any]) -> dict[str, Any]:
    """Go through it, then clean up, whatever became of it."""
    began = time.monotonic()
    run = Run(session, job, {**job["variables"], **job["secrets"]}, Path(job["folder"]))
    flow = None if job.get("only_cleanup") else run.through(job["steps"], job["seconds"], "flow")
    took = time.monotonic() - began
    cleaned = run.through(job["cleanup"], CLEANING, "cleanup") if job["cleanup"] else None
    hidden = job["secrets"].keys()
    answer = {
        "failed": flow.failed if flow else None,
        "uncleaned": cleaned.failed if cleaned else None,
        "cleaned": bool(cleaned),
        "kinds": sorted(flow.doing.kinds) if flow else [],
        "steps": flow.doing.number if flow else 0,
        "done": len(flow.doing.took) if flow else 0,
        "took": [one for way in (flow, cleaned) if way for one in way.doing.took],
        "rescued": run.rescued,
        "notes": run.notes,
        "variables": {name: value for name, value in run.variables.items() if name not in hidden},
        "seconds": took,
        "artifacts": run.artifacts,
        "refused": sorted(run.refused)[:20],
    }
    return {name: masked(value, list(job["secrets"].values())) for name, value in answer.items()}


if __name__ == "__main__":
    work(main)
