"""The key `verify.smoke`: what smoke looks at beside what anybody sees."""

import re
from typing import Annotated

from pydantic import Field

from maintainer.config.environments import PagePath
from maintainer.config.fields import EnvironmentName, Flag, Section, described, read
from maintainer.config.spelling import quoted


def log(text: str) -> str:
    """A path below the site's root."""
    parts = text.split("/")
    if text.startswith("/") or ".." in parts or "" in parts or len(text) > 500 or re.search(r"[\\\x00-\x1f]", text):
        raise ValueError(f"{quoted(text)} is no path below the site's root. Write wp-content/debug.log.")
    return text


LogPath = Annotated[str, read(log), described(type="string", pattern="^[^/]", examples=["wp-content/debug.log"])]


class Login(Section):
    """Who signs in to WordPress, and where: one who reads is enough."""

    user_env: Annotated[EnvironmentName, Field(description="The variable that holds the user.")]
    password_env: Annotated[EnvironmentName, Field(description="The variable that holds the password.")]
    path: Annotated[PagePath, Field(description="The login; of Bedrock /wp/wp-login.php.")] = "/wp-login.php"


class Smoke(Section):
    """What smoke looks at beside the pages that anybody sees."""

    browser: Annotated[
        Flag, Field(description="Whether pages are opened in Chromium too: what JavaScript, cookies and requests do.")
    ] = True
    login: Annotated[
        Login | None, Field(description="Who looks at WordPress's admin pages; never on site.production.")
    ] = None
    log: Annotated[
        tuple[LogPath, ...],
        Field(description="Logs of a site that is started here, beside what it prints and wp-content/debug.log."),
    ] = ()
