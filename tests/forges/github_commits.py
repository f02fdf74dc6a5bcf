"""Endpoints of branches, commits, tags and files.

https://docs.github.com/en/rest/commits, /rest/branches and /rest/repos/contents
"""

import base64
from typing import Any

from tests.forges.github_call import Call, Route
from tests.forges.github_changes import noticed
from tests.forges.github_json import Json, node_id
from tests.forges.github_objects import Signature
from tests.forges.github_rights import Needs, Refused, Token
from tests.forges.github_world import Protection, Repository, World
from tests.loopback import Reply


def verification(repository: Repository, sha: str) -> dict[str, Any]:
    """GitHub's own signature counts as one; there are no others here."""
    signed = sha in repository.signed
    return {
        "verified": signed,
        "reason": "valid" if signed else "unsigned",
        "signature": "-----BEGIN PGP SIGNATURE-----\n" if signed else None,
        "payload": f"commit {sha}" if signed else None,
        "verified_at": repository.created if signed else None,
    }


def signatures(world: World, token: Token, data: dict[str, Any]) -> tuple[Signature, Signature]:
    """Author and committer of a commit made through the API, and whether GitHub signs it: where it names neither.

    https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification
    """
    account, when = world.account(token.login), world.tick()
    address = f"{account.id}+{account.login}@users.noreply.github.example"
    own = Signature(account.login, address, when)
    author = _given(data.get("author"), own)
    otherwise = (
        author if data.get("author") or not token.integration else Signature("GitHub", "noreply@github.example", when)
    )
    return author, _given(data.get("committer"), otherwise)


def _given(data: dict[str, str] | None, otherwise: Signature) -> Signature:
    if not data:
        return otherwise
    return Signature(data["name"], data["email"], data.get("date", otherwise.date))


def git_commit(json: Json, repository: Repository, sha: str) -> dict[str, Any]:
    """A `git-commit`."""
    found = repository.git.commit_of(sha)
    base, page = json.at(repository), json.page(repository)
    who = {"name": found.author, "email": found.email, "date": found.when}
    return {
        "sha": sha,
        "node_id": node_id("C", repository.id),
        "url": f"{base}/git/commits/{sha}",
        "html_url": f"{page}/commit/{sha}",
        "author": who,
        "committer": who,
        "message": found.message,
        "tree": {"sha": found.tree, "url": f"{base}/git/trees/{found.tree}"},
        "parents": [
            {"sha": parent, "url": f"{base}/git/commits/{parent}", "html_url": f"{page}/commit/{parent}"}
            for parent in found.parents
        ],
        "verification": verification(repository, sha),
    }


def commit_json(json: Json, repository: Repository, sha: str) -> dict[str, Any]:
    """A `commit`, as the endpoints of commits and branches have it."""
    inner = git_commit(json, repository, sha)
    base = json.at(repository)
    url = f"{base}/commits/{sha}"
    keys = ("author", "committer", "message", "tree", "verification")
    return {
        "sha": sha,
        "node_id": inner["node_id"],
        "url": url,
        "html_url": inner["html_url"],
        "comments_url": f"{url}/comments",
        "commit": {key: inner[key] for key in keys} | {"url": inner["url"], "comment_count": 0},
        "author": None,
        "committer": None,
        "parents": [parent | {"url": f"{base}/commits/{parent['sha']}"} for parent in inner["parents"]],
    }


def _sha(call: Call, name: str) -> str:
    found = call.repository.git.sha(name)
    if found is None:
        raise Refused(422, f"No commit found for SHA: {name}")
    return found


def commit(call: Call) -> Any:
    return commit_json(call.json, call.repository, _sha(call, call.values["ref"]))


def commits(call: Call) -> Reply:
    git = call.repository.git
    start = call.query.get("sha") or git.default_branch
    path = call.query.get("path")
    if git.sha(start) is None:
        raise Refused(404, "Not Found")
    shas = git.git("rev-list", start, "--", *([path] if path else [])).split()
    return call.page(shas, lambda sha: commit_json(call.json, call.repository, sha))


def compared(call: Call) -> Any:
    """`base...head`."""
    git, repository = call.repository.git, call.repository
    names = call.values["basehead"].split("...")
    if len(names) != 2 or not all(git.sha(name) for name in names):
        raise Refused(404, "Not Found")
    base, head = (git.sha(name) or "" for name in names)
    ahead, behind = git.commits(base, head), git.commits(head, base)
    status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
    page = f"{call.json.page(repository)}/compare/{call.values['basehead']}"
    return {
        "url": f"{call.json.at(repository)}/compare/{call.values['basehead']}",
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": commit_json(call.json, repository, base),
        "merge_base_commit": commit_json(call.json, repository, git.merge_base(base, head) or base),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit_json(call.json, repository, one.sha) for one in reversed(ahead)],
        "files": [],
    }


def _protection(repository: Repository, branch: str) -> dict[str, Any]:
    rules = repository.protected.get(branch)
    checks = {"enforcement_level": "non_admins" if rules else "off", "contexts": list(rules.checks) if rules else []}
    return {"enabled": rules is not None, "required_status_checks": {**checks, "checks": []}}


def branches(call: Call) -> Reply:
    repository = call.repository
    base = call.json.at(repository)
    wanted = call.query.get("protected")
    known = [
        (name, sha)
        for name, sha in repository.git.branches().items()
        if wanted is None or (wanted == "true") == (name in repository.protected)
    ]
    return call.page(
        known,
        lambda one: {
            "name": one[0],
            "commit": {"sha": one[1], "url": f"{base}/commits/{one[1]}"},
            "protected": one[0] in repository.protected,
        },
    )


def branch(call: Call) -> Any:
    repository, name = call.repository, call.values["branch"]
    sha = repository.git.branches().get(name)
    if sha is None:
        raise Refused(404, "Branch not found")
    base = f"{call.json.at(repository)}/branches/{name}"
    return {
        "name": name,
        "commit": commit_json(call.json, repository, sha),
        "_links": {"self": base, "html": f"{call.json.page(repository)}/tree/{name}"},
        "protected": name in repository.protected,
        "protection": _protection(repository, name),
        "protection_url": f"{base}/protection",
    }


def tags(call: Call) -> Reply:
    git, base = call.repository.git, call.json.at(call.repository)
    known = [ref.removeprefix("refs/tags/") for ref in git.refs("refs/tags/")]

    def shown(name: str) -> dict[str, Any]:
        sha = git.sha(f"refs/tags/{name}")
        return {
            "name": name,
            "commit": {"sha": sha, "url": f"{base}/commits/{sha}"},
            "zipball_url": f"{base}/zipball/refs/tags/{name}",
            "tarball_url": f"{base}/tarball/refs/tags/{name}",
            "node_id": node_id("REF", call.repository.id),
        }

    return call.page(known[::-1], shown)


def contents(call: Call) -> Any:
    """A file, or the list of a folder."""
    git, path = call.repository.git, call.values.get("path", "").strip("/")
    start = call.query.get("ref") or git.default_branch
    sha = git.sha(start)
    if sha is None:
        raise Refused(404, f"No commit found for the ref {start}")
    rows = git.git("ls-tree", "-z", "-l", sha, *([path] if path else [])).split("\0")
    rows = [row for row in rows if row]
    if not rows:
        raise Refused(404, "Not Found")
    if len(rows) == 1 and path and rows[0].split()[1] == "blob":
        return _entry(call, rows[0], start, whole=True)
    if path:
        rows = [row for row in git.git("ls-tree", "-z", "-l", sha, path + "/").split("\0") if row]
    return [_entry(call, row, start) for row in rows]


def _entry(call: Call, row: str, ref: str, whole: bool = False) -> dict[str, Any]:
    (_, kind, sha, size), path = row.split("\t")[0].split(), row.split("\t")[1]
    base, page = call.json.at(call.repository), call.json.page(call.repository)
    url = f"{base}/contents/{path}?ref={ref}"
    git_url = f"{base}/git/{kind}s/{sha}"
    html = f"{page}/{kind}/{ref}/{path}"
    shown: dict[str, Any] = {
        "type": "file" if kind == "blob" else "dir",
        "size": int(size) if size.isdecimal() else 0,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "url": url,
        "git_url": git_url,
        "html_url": html,
        "download_url": f"{page}/raw/{ref}/{path}" if kind == "blob" else None,
        "_links": {"self": url, "git": git_url, "html": html},
    }
    if whole:
        shown["encoding"] = "base64"
        shown["content"] = base64.encodebytes(call.repository.git.blob(sha)).decode()
    return shown


def put(call: Call) -> Reply:
    """Create or replace one file with a commit on a branch."""
    git, path, data = call.repository.git, call.values["path"], call.data
    name = data.get("branch") or git.default_branch
    head = git.sha(f"refs/heads/{name}")
    if head is None:
        raise Refused(404, f"Branch {name} not found")
    if call.login not in call.repository.protected.get(name, Protection(push=(call.login,))).push:
        raise Refused(409, f"Could not update file: Changes must be made through a pull request on {name}.")
    known = git.files(head).get(path)
    if known and not data.get("sha"):
        raise Refused(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if data.get("sha", known) != known:
        raise Refused(409, f"{path} does not match {data['sha']}")
    blob = git.stored("blob", base64.b64decode(data["content"]))
    assert call.token
    author, committer = signatures(call.world, call.token, data)
    tree = git.changed_tree(head, {path: ("100644", blob)})
    made = git.commit_object(tree, [head], data["message"], author, committer)
    git.update_ref(f"refs/heads/{name}", made, head)
    if call.token.integration and not data.get("author"):
        call.repository.signed.add(made)
    noticed(call.world, call.repository, call.login)
    row = git.git("ls-tree", "-z", "-l", made, path).rstrip("\0")
    body = {"content": _entry(call, row, name), "commit": git_commit(call.json, call.repository, made)}
    return Reply(200 if known else 201, body)


_READ = Needs("contents:read")
_REPOSITORY = "/repos/{owner}/{repo}"
ROUTES = {
    f"GET {_REPOSITORY}/commits": Route(commits, _READ),
    f"GET {_REPOSITORY}/commits/{{ref}}": Route(commit, _READ),
    f"GET {_REPOSITORY}/compare/{{basehead}}": Route(compared, _READ),
    f"GET {_REPOSITORY}/branches": Route(branches, _READ),
    f"GET {_REPOSITORY}/branches/{{branch}}": Route(branch, _READ),
    f"GET {_REPOSITORY}/tags": Route(tags, _READ),
    f"GET {_REPOSITORY}/contents": Route(contents, _READ),
    f"GET {_REPOSITORY}/contents/": Route(contents, _READ),
    f"GET {_REPOSITORY}/contents/{{path}}": Route(contents, _READ),
    f"PUT {_REPOSITORY}/contents/{{path}}": Route(put, Needs("contents:write", "write")),
}
