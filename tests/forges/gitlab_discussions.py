"""Issues, and the notes and emoji of issues and merge requests, over REST (https://docs.gitlab.com/api/notes/)."""

from typing import Any

from tests.forges.gitlab_api import ApiError, Call, Routes, forbidden, invalid, not_found
from tests.forges.gitlab_merge_requests import change, filtered
from tests.forges.gitlab_merge_requests import found as merge_request
from tests.forges.gitlab_world import GUEST, LONGEST_NOTE, REPORTER, Award, Issuable, Issue, Note, Project
from tests.loopback import Reply

routes = Routes()


def _issue(call: Call, project: Project, iid: str) -> Issue:
    issue = project.issue(int(iid)) if iid.isdigit() else None
    if not issue:
        raise not_found()
    return issue


@routes.get("/projects/:project/issues")
def issues(call: Call, project: str) -> Reply:
    there = call.project(project)
    if not there.issues_enabled:
        raise forbidden()
    found, wanted = filtered(call, there.issues, ["opened", "closed"]), call.flag("confidential")
    return call.page([one for one in found if wanted in (None, one.confidential)], call.forge.entities.issue)


@routes.get("/projects/:project/issues/:iid")
def one_issue(call: Call, project: str, iid: str) -> Any:
    return call.forge.entities.issue(_issue(call, call.project(project), iid))


@routes.post("/projects/:project/issues")
def create_issue(call: Call, project: str) -> Any:
    there, forge = call.project(project, GUEST), call.forge
    if not there.issues_enabled:
        raise forbidden()
    call.need("title")
    number, now = max((issue.iid for issue in there.issues), default=0) + 1, forge.tick()
    issue = Issue(forge.world.id(), number, there, call.me, "", None, now, now)
    issue.confidential = bool(call.flag("confidential"))
    change(call, issue, created=True)
    there.issues.append(issue)
    return forge.entities.issue(issue)


@routes.put("/projects/:project/issues/:iid")
def update_issue(call: Call, project: str, iid: str) -> Any:
    there = call.project(project, GUEST)
    issue = _issue(call, there, iid)
    if call.forge.world.level(call.user, there) < REPORTER and issue.author is not call.user:
        raise forbidden()
    event = call.one_of("state_event", ["close", "reopen"])
    change(call, issue)
    if event == "close":
        call.forge.events.close(issue, call.me)
    elif event == "reopen":
        call.forge.events.reopen(issue, call.me)
    return call.forge.entities.issue(issue)


def _noteable(call: Call, project: str, kind: str, iid: str, level: int = 0) -> Issuable:
    there = call.project(project, level)
    if kind == "merge_requests":
        return merge_request(call, call.readable(project), iid)
    if kind == "issues":
        return _issue(call, there, iid)
    raise not_found()


def _note(target: Issuable, number: str) -> Note:
    found = next((note for note in target.notes if str(note.id) == number), None)
    if not found:
        raise not_found()
    return found


def _body(call: Call) -> str:
    call.need("body")
    body = str(call.params["body"])
    errors = []
    if not body.strip():
        errors.append("can't be blank")
    if len(body) > LONGEST_NOTE:
        errors.append(f"is too long (maximum is {LONGEST_NOTE} characters)")
    if errors:
        raise ApiError(400, f"400 Bad request - Note {{:note=>{errors}}}")
    return body


@routes.get("/projects/:project/:kind/:iid/notes", job=True)
def notes(call: Call, project: str, kind: str, iid: str) -> Reply:
    target = _noteable(call, project, kind, iid)
    order = call.one_of("order_by", ["created_at", "updated_at"], "created_at")
    down = call.one_of("sort", ["asc", "desc"], "desc") == "desc"
    activity = call.one_of("activity_filter", ["all_notes", "only_comments", "only_activity"], "all_notes")
    kept = [note for note in target.notes if activity == "all_notes" or note.system == (activity == "only_activity")]
    kept.sort(key=lambda note: (note.updated if order == "updated_at" else "", note.id), reverse=down)
    return call.page(kept, lambda note: call.forge.entities.note(note, target))


@routes.get("/projects/:project/:kind/:iid/notes/:note", job=True)
def one_note(call: Call, project: str, kind: str, iid: str, note: str) -> Any:
    target = _noteable(call, project, kind, iid)
    return call.forge.entities.note(_note(target, note), target)


@routes.post("/projects/:project/:kind/:iid/notes")
def create_note(call: Call, project: str, kind: str, iid: str) -> Any:
    target = _noteable(call, project, kind, iid, GUEST)
    body = _body(call)
    if target.discussion_locked and not call.forge.world.level(call.user, target.project):
        raise forbidden()
    kept = call.forge.events.quick_actions(target, call.me, body)
    if not kept.strip():
        return Reply(202, {"commands_changes": {}, "summary": ["Applied commands."]})
    return call.forge.entities.note(call.forge.events.note(target, call.me, kept), target)


@routes.put("/projects/:project/:kind/:iid/notes/:note")
def update_note(call: Call, project: str, kind: str, iid: str, note: str) -> Any:
    target = _noteable(call, project, kind, iid, GUEST)
    found, body = _note(target, note), _body(call)
    level = call.forge.world.level(call.user, target.project)
    if found.system or (found.author is not call.user and level < 40):
        raise forbidden()
    call.forge.events.edit(target, found, call.me, call.forge.events.quick_actions(target, call.me, body))
    return call.forge.entities.note(found, target)


@routes.delete("/projects/:project/:kind/:iid/notes/:note")
def delete_note(call: Call, project: str, kind: str, iid: str, note: str) -> Any:
    target = _noteable(call, project, kind, iid, GUEST)
    found = _note(target, note)
    if found.author is not call.user and call.forge.world.level(call.user, target.project) < 40:
        raise forbidden()
    target.notes.remove(found)


@routes.get("/projects/:project/:kind/:iid/award_emoji")
def awards(call: Call, project: str, kind: str, iid: str) -> Reply:
    target = _noteable(call, project, kind, iid)
    return call.page(target.awards, lambda award: call.forge.entities.award(award, target))


@routes.post("/projects/:project/:kind/:iid/award_emoji")
def create_award(call: Call, project: str, kind: str, iid: str) -> Any:
    target = _noteable(call, project, kind, iid, GUEST)
    return _award(call, target, target.awards)


@routes.get("/projects/:project/:kind/:iid/notes/:note/award_emoji")
def note_awards(call: Call, project: str, kind: str, iid: str, note: str) -> Reply:
    target = _noteable(call, project, kind, iid)
    return call.page(_note(target, note).awards, lambda award: call.forge.entities.award(award, target))


@routes.post("/projects/:project/:kind/:iid/notes/:note/award_emoji")
def create_note_award(call: Call, project: str, kind: str, iid: str, note: str) -> Any:
    target = _noteable(call, project, kind, iid, GUEST)
    return _award(call, target, _note(target, note).awards)


def _award(call: Call, target: Issuable, given: list[Award]) -> Any:
    call.need("name")
    name = str(call.params["name"]).strip(":")
    if not name:
        raise invalid("name is empty")
    if any(award.name == name and award.user is call.me for award in given):
        raise ApiError(404, "404 Award Emoji Name has already been taken Not Found")
    award = Award(call.forge.world.id(), name, call.me, call.forge.tick())
    given.append(award)
    return call.forge.entities.award(award, target)
