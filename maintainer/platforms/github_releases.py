"""Releases of the site on GitHub: https://docs.github.com/en/rest/releases/releases."""

from github.GithubObject import NotSet
from github.GitRelease import GitRelease

from maintainer import errors
from maintainer.platforms.base import Published
from maintainer.platforms.github_client import Client


class Releases:
    """One a tag, drafts among them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, tag: str) -> Published | None:
        found = self._found(tag)
        return _published(found) if found else None

    def write(self, release: Published) -> Published:
        """What differs is edited; the same release is not written twice."""
        found = self._found(release.tag)
        title = release.title or release.tag
        if found is None:
            create = self._client.repository.create_git_release
            at = release.commit or NotSet
            made = create(release.tag, title, release.body, release.draft, release.prerelease, target_commitish=at)
            return _published(made)
        wanted = (title, release.body, release.draft, release.prerelease)
        if (found.name, found.body, found.draft, found.prerelease) != wanted:
            found = found.update_release(title, release.body, release.draft, release.prerelease, release.tag)
        return _published(found)

    def _found(self, tag: str) -> GitRelease | None:
        """A draft has no tag yet, and is only in the list."""
        repository = self._client.repository
        try:
            return repository.get_release(tag)
        except errors.NotFound:
            return next((one for one in repository.get_releases() if one.tag_name == tag), None)


def _published(one: GitRelease) -> Published:
    return Published(
        one.tag_name,
        one.name or "",
        one.body or "",
        one.target_commitish or "",
        one.html_url,
        one.draft,
        one.prerelease,
    )
