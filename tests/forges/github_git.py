"""Endpoints of git's own objects: https://docs.github.com/en/rest/git"""

import base64
import re
from typing import Any

from tests.forges.github_call import Call, Route, created
from tests.forges.github_changes import noticed
from tests.forges.github_commits import git_commit, signatures
from tests.forges.github_json import node_id
from tests.forges.github_rights import Needs, Refused
from tests.forges.github_world import Protection
from tests.forges.push_rules import WORKFLOWS
from tests.loopback import Reply

_SHA = re.compile(r"[0-9a-f]{40}")


def ref_json(call: Call, ref: str, sha: str) -> dict[str, Any]:
    kind = call.repository.git.git("cat-file", "-t", sha).strip()
    base = call.json.at(call.repository)
    return {
        "ref": ref,
        "node_id": node_id("REF", call.repository.id),
        "url": f"{base}/git/{ref}",
        "object": {"type": kind, "sha": sha, "url": f"{base}/git/{kind}s/{sha}"},
    }


def ref(call: Call) -> Any:
    name = f"refs/{call.values['ref']}"
    sha = call.repository.git.refs(name).get(name)
    if sha is None:
        raise Refused(404, "Not Found")
    return ref_json(call, name, sha)


def matching(call: Call) -> Any:
    """Refs by the beginning of their names."""
    start = f"refs/{call.values['ref']}"
    found = {name: sha for name, sha in call.repository.git.refs().items() if name.startswith(start)}
    return [ref_json(call, name, sha) for name, sha in found.items()]


def ref_made(call: Call) -> Reply:
    name, sha = call.data.get("ref", ""), call.data.get("sha", "")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refused(
            422,
            "Reference does not exist"
            if not name
            else "Reference name must start with 'refs/' and have at least two slashes",
        )
    if call.repository.git.refs(name).get(name):
        raise Refused(422, "Reference already exists")
    _object(call, sha)
    _writable(call, name, sha)
    call.repository.git.update_ref(name, sha)
    return created(ref_json(call, name, sha))


def ref_moved(call: Call) -> Any:
    """Without `force` only forward."""
    name, sha = f"refs/{call.values['ref']}", call.data.get("sha", "")
    git = call.repository.git
    old = git.refs(name).get(name)
    if old is None:
        raise Refused(422, "Reference does not exist")
    _object(call, sha)
    if not call.data.get("force") and not git.is_ancestor(old, sha):
        raise Refused(422, "Update is not a fast forward")
    _writable(call, name, sha)
    git.update_ref(name, sha)
    return ref_json(call, name, sha)


def ref_deleted(call: Call) -> Reply:
    name = f"refs/{call.values['ref']}"
    if name not in call.repository.git.refs(name):
        raise Refused(422, "Reference does not exist")
    _writable(call, name, "")
    call.repository.git.delete_ref(name)
    return Reply(204)


def _writable(call: Call, ref: str, sha: str) -> None:
    """Raises `Refused` for a protected branch, for refs of GitHub's own, and for workflows where the token may not."""
    branch = ref.removeprefix("refs/heads/")
    protection = call.repository.protected.get(branch, Protection(push=(call.login,)))
    if call.login not in protection.push:
        what = "Changes must be made through a pull request." if sha else "Cannot delete this protected branch"
        raise Refused(422, what)
    if ref.startswith("refs/pull/"):
        raise Refused(422, "Reference cannot be updated")
    assert call.token
    may = call.token.permits("workflows:write") or "workflow" in call.token.scopes
    if sha and not may:
        git = call.repository.git
        known = {entry for tip in git.branches().values() for entry in git.files(tip, WORKFLOWS).items()}
        if set(git.files(sha, WORKFLOWS).items()) - known:
            by = "integration" if call.token.integration else "personal access token"
            raise Refused(403, f"Resource not accessible by {by}")


def _object(call: Call, sha: str, kind: str = "") -> None:
    """Raises `Refused` for what isn't there."""
    known = bool(_SHA.fullmatch(sha)) and call.repository.git.has(sha, kind)
    if not known:
        raise Refused(422, "Object does not exist" if not kind else f"{kind.capitalize()} SHA does not exist")


def commit(call: Call) -> Any:
    sha = call.values["sha"]
    if not (_SHA.fullmatch(sha) and call.repository.git.has(sha, "commit")):
        raise Refused(404, "Not Found")
    return git_commit(call.json, call.repository, sha)


def commit_made(call: Call) -> Reply:
    """GitHub signs what a bot commits without naming author and committer.

    https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
    """
    data, git = call.data, call.repository.git
    _object(call, data.get("tree", ""), "tree")
    for parent in data.get("parents", []):
        if not git.has(parent, "commit"):
            raise Refused(422, "Parent SHA does not exist or is not a commit object")
    assert call.token
    author, committer = signatures(call.world, call.token, data)
    sha = git.commit_object(data["tree"], data.get("parents", []), data["message"], author, committer)
    if call.token.integration and not data.get("author") and not data.get("committer"):
        call.repository.signed.add(sha)
    return created(git_commit(call.json, call.repository, sha))


def tree(call: Call) -> Any:
    git, name = call.repository.git, call.values["sha"]
    found = git.tree(name)
    if found is None:
        raise Refused(404, "Not Found")
    return _tree(call, found, deep="recursive" in call.query)


def _tree(call: Call, sha: str, deep: bool = False) -> dict[str, Any]:
    base = call.json.at(call.repository)
    rows = call.repository.git.git("ls-tree", "-z", "-l", *(["-r", "-t"] if deep else []), sha).split("\0")
    entries = []
    for row in filter(None, rows):
        entry, path = row.split("\t", 1)
        mode, kind, of, size = entry.split()
        shown = {"path": path, "mode": mode, "type": kind, "sha": of, "url": f"{base}/git/{kind}s/{of}"}
        entries.append(shown | ({"size": int(size)} if size.isdecimal() else {}))
    return {"sha": sha, "url": f"{base}/git/trees/{sha}", "tree": entries, "truncated": False}


def tree_made(call: Call) -> Reply:
    """`base_tree` with the entries; one whose `sha` is null is removed."""
    git, data = call.repository.git, call.data
    for entry in data["tree"]:
        if entry.get("sha"):
            _object(call, entry["sha"])
    base = data.get("base_tree")
    if base and git.tree(base) is None:
        raise Refused(422, "Could not resolve base_tree")
    changes = {}
    for entry in data["tree"]:
        sha = entry.get("sha")
        if "content" in entry:
            sha = git.stored("blob", entry["content"].encode())
        changes[entry["path"]] = sha and (entry.get("mode", "100644"), sha)
    return created(_tree(call, git.changed_tree(base, changes)))


def blob(call: Call) -> Any:
    sha = call.values["file_sha"]
    if not (_SHA.fullmatch(sha) and call.repository.git.has(sha, "blob")):
        raise Refused(404, "Not Found")
    data = call.repository.git.blob(sha)
    return {
        "sha": sha,
        "node_id": node_id("B", call.repository.id),
        "size": len(data),
        "url": f"{call.json.at(call.repository)}/git/blobs/{sha}",
        "content": base64.encodebytes(data).decode(),
        "encoding": "base64",
    }


def blob_made(call: Call) -> Reply:
    text = call.data["content"]
    data = base64.b64decode(text) if call.data.get("encoding") == "base64" else text.encode()
    sha = call.repository.git.stored("blob", data)
    return created({"sha": sha, "url": f"{call.json.at(call.repository)}/git/blobs/{sha}"})


def tag_made(call: Call) -> Reply:
    """An annotated tag as an object; a ref makes it visible."""
    data = call.data
    _object(call, data["object"])
    who = data.get("tagger") or {"name": call.login, "email": f"{call.login}@shop.example", "date": call.world.tick()}
    text = f"object {data['object']}\ntype {data['type']}\ntag {data['tag']}\n"
    text += f"tagger {who['name']} <{who['email']}> 1767225600 +0000\n\n{data['message']}\n"
    sha = call.repository.git.stored("tag", text.encode())
    base = call.json.at(call.repository)
    return created(
        {
            "node_id": node_id("TA", call.repository.id),
            "tag": data["tag"],
            "sha": sha,
            "url": f"{base}/git/tags/{sha}",
            "message": data["message"],
            "tagger": {"date": call.world.tick()} | who,
            "object": {"sha": data["object"], "type": data["type"], "url": f"{base}/git/commits/{data['object']}"},
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        }
    )


def noticing(answer: Any) -> Any:
    """The endpoint, after which pull requests are looked at: it moved refs."""

    def answered(call: Call) -> Any:
        reply = answer(call)
        noticed(call.world, call.repository, call.login)
        return reply

    return answered


_READ = Needs("contents:read")
_WRITE = Needs("contents:write", "write")
_GIT = "/repos/{owner}/{repo}/git"
ROUTES = {
    f"GET {_GIT}/ref/{{ref}}": Route(ref, _READ),
    f"GET {_GIT}/matching-refs/{{ref}}": Route(matching, _READ),
    f"POST {_GIT}/refs": Route(noticing(ref_made), _WRITE),
    f"PATCH {_GIT}/refs/{{ref}}": Route(noticing(ref_moved), _WRITE),
    f"DELETE {_GIT}/refs/{{ref}}": Route(noticing(ref_deleted), _WRITE),
    f"GET {_GIT}/commits/{{sha}}": Route(commit, _READ),
    f"POST {_GIT}/commits": Route(commit_made, _WRITE),
    f"GET {_GIT}/trees/{{sha}}": Route(tree, _READ),
    f"POST {_GIT}/trees": Route(tree_made, _WRITE),
    f"GET {_GIT}/blobs/{{file_sha}}": Route(blob, _READ),
    f"POST {_GIT}/blobs": Route(blob_made, _WRITE),
    f"POST {_GIT}/tags": Route(tag_made, _WRITE),
}
