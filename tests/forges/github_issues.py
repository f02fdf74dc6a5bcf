"""Endpoints of issues, labels, milestones and comments: https://docs.github.com/en/rest/issues"""

from typing import Any

from tests.forges.github_call import Call, Route, created
from tests.forges.github_changes import label_renamed, labelled
from tests.forges.github_pulls import turn
from tests.forges.github_rights import Needs, Refused, invalid
from tests.forges.github_world import Comment, Issue, Label, Milestone, at_least
from tests.loopback import Reply


def listed(call: Call) -> Reply:
    """Pull requests are issues and are among them."""
    query = call.query
    state, labels = query.get("state", "open"), [name for name in query.get("labels", "").split(",") if name]

    def matches(issue: Issue) -> bool:
        held = {name.lower() for name in issue.labels}
        return (
            state in ("all", issue.state)
            and all(name.lower() in held for name in labels)
            and query.get("creator", issue.author).lower() == issue.author.lower()
            and query.get("assignee", "*") in ("*", *issue.assignees)
            and issue.updated >= query.get("since", "")
        )

    chosen = [issue for issue in call.repository.issues.values() if matches(issue)]
    comments = [comment.issue for comment in call.repository.comments]
    orders: dict[str, Any] = {
        "created": lambda issue: (issue.created, issue.number),
        "updated": lambda issue: (issue.updated, issue.number),
        "comments": lambda issue: comments.count(issue.number),
    }
    chosen.sort(key=orders[query.get("sort", "created")], reverse=query.get("direction", "desc") == "desc")
    return call.page(chosen, lambda issue: call.json.issue(call.repository, issue))


def got(call: Call) -> Any:
    return call.json.issue(call.repository, call.issue())


def opened(call: Call) -> Reply:
    if not call.data.get("title"):
        raise invalid("Issue", code="missing_field", name="title")
    issue = call.forge.new_issue(call.repository, call.data["title"], call.body("Issue"), call.login)
    # Who may not write has labels, assignees and milestone silently dropped.
    if at_least(call.json.role(call.repository), "triage") or (call.token and call.token.integration):
        _attributes(call, issue)
    return created(call.json.issue(call.repository, issue))


def edited(call: Call) -> Any:
    issue = call.issue()
    issue.body = call.body("Issue", issue.body)
    issue.title = call.data.get("title") or issue.title
    _attributes(call, issue)
    issue.updated = call.world.tick()
    turn(call, issue)
    return call.json.issue(call.repository, issue)


def _attributes(call: Call, issue: Issue) -> None:
    data = call.data
    if "milestone" in data:
        if data["milestone"] is not None and int(data["milestone"]) not in call.repository.milestones:
            raise invalid("Issue", code="invalid", name="milestone")
        issue.milestone = data["milestone"] and int(data["milestone"])
    if "labels" in data:
        _labelled(call, issue, _names(data["labels"]))
    if "assignees" in data:
        issue.assignees = []
        _assign(call, issue, data["assignees"])


def _assign(call: Call, issue: Issue, logins: list[str]) -> None:
    """Who can't be assigned is silently ignored."""
    for login in logins:
        if at_least(call.world.role(call.repository, login), "triage") and login not in issue.assignees:
            issue.assignees.append(login)


def _names(given: Any) -> list[str]:
    """Labels are given as names or as objects, alone or within `labels`."""
    labels = given.get("labels", []) if isinstance(given, dict) else given
    return [label["name"] if isinstance(label, dict) else label for label in labels]


def labels_of(call: Call) -> Reply:
    issue = call.issue()
    return call.page(call.json.labels(call.repository, issue.labels), lambda label: label)


def labels_added(call: Call) -> Any:
    issue = call.issue()
    return _labelled(call, issue, [*issue.labels, *_names(call.sent)])


def labels_set(call: Call) -> Any:
    issue = call.issue()
    return _labelled(call, issue, _names(call.sent))


def labels_removed(call: Call) -> Reply:
    issue = call.issue()
    _labelled(call, issue, [])
    return Reply(204)


def label_removed(call: Call) -> Any:
    issue = call.issue()
    wanted = call.values["name"].lower()
    if wanted not in (name.lower() for name in issue.labels):
        raise Refused(404, "Label does not exist")
    return _labelled(call, issue, [name for name in issue.labels if name.lower() != wanted])


def _labelled(call: Call, issue: Issue, names: list[str]) -> list[dict[str, Any]]:
    if not all(name and len(name) <= 50 for name in names):
        raise invalid("Label", code="invalid", name="name")
    labelled(call.world, call.repository, issue, names, call.login)
    return call.json.labels(call.repository, issue.labels)


def labels(call: Call) -> Reply:
    known = sorted(call.repository.labels.values(), key=lambda label: label.name.lower())
    return call.page(known, lambda label: call.json.label(call.repository, label))


def _known_label(call: Call) -> Label:
    if found := call.repository.label(call.values["name"]):
        return found
    raise Refused(404, "Not Found")


def label(call: Call) -> Any:
    return call.json.label(call.repository, _known_label(call))


def label_made(call: Call) -> Reply:
    name = call.data.get("name", "")
    if call.repository.label(name):
        raise invalid("Label", code="already_exists", name="name")
    color, when = call.data.get("color", "ededed").lstrip("#"), call.world.tick()
    made = Label(call.world.id(), name, color, call.data.get("description"), when)
    call.repository.labels[name] = made
    return created(call.json.label(call.repository, made))


def label_edited(call: Call) -> Any:
    known = _known_label(call)
    label_renamed(call.world, call.repository, known, call.data.get("new_name", known.name))
    known.color = call.data.get("color", known.color)
    known.description = call.data.get("description", known.description)
    return call.json.label(call.repository, known)


def label_deleted(call: Call) -> Reply:
    known = _known_label(call)
    del call.repository.labels[known.name]
    for issue in call.repository.issues.values():
        issue.labels = [name for name in issue.labels if name != known.name]
    return Reply(204)


def assigned(call: Call) -> Reply:
    issue = call.issue()
    _assign(call, issue, call.data.get("assignees", []))
    issue.updated = call.world.tick()
    return Reply(201, call.json.issue(call.repository, issue))


def unassigned(call: Call) -> Any:
    issue = call.issue()
    issue.assignees = [login for login in issue.assignees if login not in call.data.get("assignees", [])]
    return call.json.issue(call.repository, issue)


def milestones(call: Call) -> Reply:
    state = call.query.get("state", "open")
    known = [one for one in call.repository.milestones.values() if state in ("all", one.state)]
    return call.page(known, lambda one: call.json.milestone(call.repository, one))


def milestone_made(call: Call) -> Reply:
    title = call.data.get("title", "")
    if any(one.title == title for one in call.repository.milestones.values()):
        raise invalid("Milestone", code="already_exists", name="title")
    number = len(call.repository.milestones) + 1
    made = Milestone(call.world.id(), number, title, call.login, call.world.tick(), call.data.get("state", "open"))
    call.repository.milestones[number] = made
    return created(call.json.milestone(call.repository, made))


def milestone(call: Call) -> Any:
    number = call.values["milestone_number"]
    found = call.repository.milestones.get(int(number)) if number.isdecimal() else None
    if not found:
        raise Refused(404, "Not Found")
    return call.json.milestone(call.repository, found)


def milestone_edited(call: Call) -> Any:
    milestone(call)
    found = call.repository.milestones[int(call.values["milestone_number"])]
    found.title = call.data.get("title", found.title)
    found.description = call.data.get("description", found.description)
    if found.state != (state := call.data.get("state", found.state)):
        found.state, found.closed = state, call.world.tick() if state == "closed" else None
    return call.json.milestone(call.repository, found)


def comments_of(call: Call) -> Reply:
    """Of one issue, oldest first."""
    number, since = call.issue().number, call.query.get("since", "")
    chosen = [one for one in call.repository.comments if one.issue == number and one.updated >= since]
    return call.page(chosen, lambda one: call.json.comment(call.repository, one))


def comments(call: Call) -> Reply:
    """Of the whole repository; in order of their ids unless sorted."""
    chosen = [one for one in call.repository.comments if one.updated >= call.query.get("since", "")]
    if "sort" in call.query:
        order = call.query["sort"]
        newest = call.query.get("direction", "desc") == "desc"
        chosen.sort(key=lambda one: (one.updated if order == "updated" else one.created, one.id), reverse=newest)
    return call.page(chosen, lambda one: call.json.comment(call.repository, one))


def commented(call: Call) -> Reply:
    issue = call.issue()
    if not call.data.get("body"):
        raise invalid("IssueComment", "body can't be blank", name="body")
    made = call.forge.new_comment(call.repository, issue, call.body("IssueComment") or "", call.login)
    return created(call.json.comment(call.repository, made))


def _comment(call: Call) -> Comment:
    number = call.values["comment_id"]
    for one in call.repository.comments:
        if str(one.id) == number:
            return one
    raise Refused(404, "Not Found")


def comment(call: Call) -> Any:
    return call.json.comment(call.repository, _comment(call))


def comment_edited(call: Call) -> Any:
    one = _comment(call)
    _own(call, one)
    one.body = call.body("IssueComment") or one.body
    one.updated = one.edited = call.world.tick()
    return call.json.comment(call.repository, one)


def comment_deleted(call: Call) -> Reply:
    one = _comment(call)
    _own(call, one)
    call.repository.comments.remove(one)
    return Reply(204)


def _own(call: Call, one: Comment) -> None:
    """A comment is its author's to change, and that of people who may write."""
    if one.author != call.login and not at_least(call.json.role(call.repository), "write"):
        raise Refused(403, "Must have admin rights to Repository.")


_READ = Needs("issues|pull_requests:read")
_WRITE = Needs("issues|pull_requests:write")
_TRIAGE = Needs("issues|pull_requests:write", "triage")
_ISSUES = "/repos/{owner}/{repo}/issues"
_ISSUE = f"{_ISSUES}/{{issue_number}}"
_LABELS = "/repos/{owner}/{repo}/labels"
_MILESTONES = "/repos/{owner}/{repo}/milestones"
ROUTES = {
    f"GET {_ISSUES}": Route(listed, _READ),
    f"POST {_ISSUES}": Route(opened, Needs("issues:write")),
    f"GET {_ISSUE}": Route(got, _READ),
    f"PATCH {_ISSUE}": Route(edited, _TRIAGE),
    f"GET {_ISSUE}/labels": Route(labels_of, _READ),
    f"POST {_ISSUE}/labels": Route(labels_added, _TRIAGE),
    f"PUT {_ISSUE}/labels": Route(labels_set, _TRIAGE),
    f"DELETE {_ISSUE}/labels": Route(labels_removed, _TRIAGE),
    f"DELETE {_ISSUE}/labels/{{name}}": Route(label_removed, _TRIAGE),
    f"POST {_ISSUE}/assignees": Route(assigned, _TRIAGE),
    f"DELETE {_ISSUE}/assignees": Route(unassigned, _TRIAGE),
    f"GET {_ISSUE}/comments": Route(comments_of, _READ),
    f"POST {_ISSUE}/comments": Route(commented, _WRITE),
    f"GET {_ISSUES}/comments": Route(comments, _READ),
    f"GET {_ISSUES}/comments/{{comment_id}}": Route(comment, _READ),
    f"PATCH {_ISSUES}/comments/{{comment_id}}": Route(comment_edited, _WRITE),
    f"DELETE {_ISSUES}/comments/{{comment_id}}": Route(comment_deleted, _WRITE),
    f"GET {_LABELS}": Route(labels, _READ),
    f"POST {_LABELS}": Route(label_made, Needs("issues|pull_requests:write", "write")),
    f"GET {_LABELS}/{{name}}": Route(label, _READ),
    f"PATCH {_LABELS}/{{name}}": Route(label_edited, Needs("issues|pull_requests:write", "write")),
    f"DELETE {_LABELS}/{{name}}": Route(label_deleted, Needs("issues|pull_requests:write", "write")),
    f"GET {_MILESTONES}": Route(milestones, _READ),
    f"POST {_MILESTONES}": Route(milestone_made, Needs("issues|pull_requests:write", "write")),
    f"GET {_MILESTONES}/{{milestone_number}}": Route(milestone, _READ),
    f"PATCH {_MILESTONES}/{{milestone_number}}": Route(milestone_edited, Needs("issues|pull_requests:write", "write")),
}
