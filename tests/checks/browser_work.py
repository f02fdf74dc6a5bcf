"""A program in the browser for tests: opens a page and says what became of it."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Error

from maintainer.checks.browser_session import Session, work


def main(session: Session, job: Mapping[str, Any]) -> dict[str, Any]:
    (site,) = job["sites"]
    answer: dict[str, Any] = {}
    for _ in range(job.get("times", 1)):
        with session.context(site, job["device"]) as visit:
            try:
                visit.page.goto(site["url"] + job["path"])
                if click := job.get("click"):
                    with visit.context.expect_page() as opened:
                        visit.page.click(click)
                    opened.value.wait_for_load_state()
                if script := job.get("script"):
                    answer["script"] = visit.page.evaluate(script)
            except Error as error:
                answer["error"] = error.message
            answer |= {"title": visit.page.title(), "refused": list(visit.guard.refused)}
    return answer


if __name__ == "__main__":
    work(main)
