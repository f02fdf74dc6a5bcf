"""pip's and uv's own configuration: which indexes, in which order (pip.pypa.io, docs.astral.sh/uv)."""

import ast
import configparser
import importlib.util
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maintainer.config.client_file import read
from maintainer.credentials import DEFAULT_PORTS, Credential, basic, split_userinfo
from maintainer.errors import ConfigurationError

#: Whose files these are, besides the user's.
SYSTEM = Path("/etc")


@dataclass(frozen=True, slots=True)
class Python:
    """`default` is empty when nothing states it; `extra` indexes are asked before it."""

    default: str = ""
    extra: tuple[str, ...] = ()
    credentials: tuple[Credential, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stated:
    """One place's word: an index for all, and others beside it; and where, for messages."""

    where: str
    default: str = ""
    extra: tuple[str, ...] = ()


def read_python(environment: Mapping[str, str], home: Path, root: Path, system: Path = SYSTEM) -> Python:
    """What is stated for uv, then for pip; of each the environment goes before its files.

    Indexes that are folders (`file:`) are no registries and left out. Raises `errors.ConfigurationError`.
    """
    places = [*_uv(environment, home, root, system), *_pip(environment, home, system)]
    credentials: list[Credential] = []
    default = ""
    extra: list[str] = []
    for place in places:
        for each in (*place.extra, place.default):
            name, equals, named = each.partition("=")
            url, own = _address(named if equals and re.fullmatch(r"[\w.-]+", name) else each, place.where)
            if not url:
                continue
            if equals and not own and (user := environment.get(f"UV_INDEX_{_variable(name)}_USERNAME")):
                own = _address(f"{url.replace('://', '://u:p@')}", place.where)[1]
                password = environment.get(f"UV_INDEX_{_variable(name)}_PASSWORD", "")
                own = own and Credential(own.host, basic(user, password), own.path, plain=own.plain)
            credentials += [own] if own else []
            if each is not place.default:
                extra += [url] if url not in extra else []
            elif not default:
                default = url
    return Python(default, tuple(url for url in extra if url != default), tuple(credentials))


def usual_index() -> str:
    """The index the client library has as its constant; read, not imported: that would cost half a second.

    Raises `errors.ConfigurationError`.
    """
    found = importlib.util.find_spec("pypi_simple")
    for node in ast.parse(Path(found.origin).read_bytes()).body if found and found.origin else ():
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        named = any(isinstance(target, ast.Name) and target.id == "PYPI_SIMPLE_ENDPOINT" for target in targets)
        if named and isinstance(value := getattr(node, "value", None), ast.Constant) and isinstance(value.value, str):
            return value.value.rstrip("/")
    raise ConfigurationError(
        "No Python index is known: set PIP_INDEX_URL, registries.urls.pypi in maintainer.yml, or MAINTAINER_PYPI_URL."
    )


def _uv(environment: Mapping[str, str], home: Path, root: Path, system: Path) -> Iterator[_Stated]:
    default = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL") or ""
    extra = environment.get("UV_INDEX") or environment.get("UV_EXTRA_INDEX_URL") or ""
    yield _Stated("UV_DEFAULT_INDEX or UV_INDEX", default.strip(), tuple(extra.split()))
    own = root / "uv.toml"
    yield from _uv_file(own, ())
    if not own.is_file():
        yield from _uv_file(root / "pyproject.toml", ("tool", "uv"))
    yield from _uv_file(Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "uv" / "uv.toml", ())
    yield from _uv_file(system / "uv" / "uv.toml", ())


def _uv_file(path: Path, keys: tuple[str, ...]) -> Iterator[_Stated]:
    content = read(path)
    if content is None or (keys and "tool.uv" not in content):
        return
    try:
        stated: Any = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise ConfigurationError(f"{path}, line {line[1] if line else 1}: this is no TOML. Correct it.") from None
    for key in keys:
        stated = stated.get(key) if isinstance(stated, dict) else None
    if not isinstance(stated, dict):
        return
    for settings in (stated, stated.get("pip")):
        if not isinstance(settings, dict):
            continue
        default, listed = _text(settings.get("index-url")), settings.get("extra-index-url")
        extra = [_text(each) for each in listed] if isinstance(listed, list) else []
        tables = settings.get("index")
        for each in tables if isinstance(tables, list) else ():
            if isinstance(each, dict) and not each.get("explicit"):
                named = f"{_text(each.get('name'))}={_text(each.get('url'))}".removeprefix("=")
                if each.get("default"):
                    default = named
                else:
                    extra.append(named)
        yield _Stated(str(path), default, tuple(filter(None, extra)))


def _pip(environment: Mapping[str, str], home: Path, system: Path) -> Iterator[_Stated]:
    settings: dict[str, tuple[str, str]] = {}
    for path in _pip_files(environment, home, system):
        content = read(path)
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(content or "")
        except configparser.Error as error:
            listed = getattr(error, "errors", None)
            line = getattr(error, "lineno", None) or (listed[0][0] if listed else 1)
            raise ConfigurationError(f"{path}, line {line}: pip could not read this file. Correct it.") from None
        for section in ("global", "install"):
            if parser.has_section(section):
                settings |= {name.replace("_", "-"): (value, str(path)) for name, value in parser.items(section)}
    for name in ("index-url", "extra-index-url"):
        variable = "PIP_" + name.replace("-", "_").upper()
        if environment.get(variable):
            settings[name] = (environment[variable], variable)
    default, where = settings.get("index-url", ("", ""))
    extra, other = settings.get("extra-index-url", ("", ""))
    yield _Stated(where, default.strip())
    yield _Stated(other, extra=tuple(extra.split()))


def _pip_files(environment: Mapping[str, str], home: Path, system: Path) -> list[Path]:
    """The files pip reads, those that win last."""
    named = environment.get("PIP_CONFIG_FILE")
    if named == "/dev/null":
        return []
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    found = [
        system / "xdg" / "pip" / "pip.conf",
        system / "pip.conf",
        home / ".pip" / "pip.conf",
        config / "pip" / "pip.conf",
    ]
    if inside := environment.get("VIRTUAL_ENV"):
        found.append(Path(inside) / "pip.conf")
    return [*found, Path(named)] if named else found


def _address(value: str, where: str) -> tuple[str, Credential | None]:
    """The index without userinfo, and that; empty for none and for a folder."""
    try:
        url, own = split_userinfo(value)
    except ValueError:
        raise ConfigurationError(f"{where}: an index is no address that can be read. Correct it.") from None
    return (url.rstrip("/"), own) if url.partition("://")[0] in DEFAULT_PORTS else ("", None)


def _variable(name: str) -> str:
    """How uv writes an index' name in the names of variables."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
