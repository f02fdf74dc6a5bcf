"""The program: clock, environment, terminal and exit codes; nothing heavy is imported here."""

import argparse
import gc
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TextIO

from maintainer.commands.context import Context
from maintainer.commands.grammar import arguments
from maintainer.commands.quiet import quiet
from maintainer.errors import THE_DISKS, ConfigurationError, MaintainerError
from maintainer.text.inert import shown


def main(argv: Sequence[str] | None = None) -> int:
    """The program, on the real clock, environment and terminal; returns its exit code."""
    if sys.stderr is None:  # closed before we began: whoever did it wants to hear nothing
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - as long as the process
    if sys.stdout is None:
        print("There is no standard output to answer on: leave it open, or send it to a file.", file=sys.stderr)
        return 3
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    # A command is over in seconds and frees little before: looking for garbage costs a tenth of its time.
    gc.set_threshold(1_000_000, 50, 50)
    given = sys.argv[1:] if argv is None else argv
    environment, now = os.environ, datetime.now(UTC)  # noqa: TID251 - here alone
    code = run(given, environment=environment, now=now, out=sys.stdout, err=sys.stderr)
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # the system takes memory back at once, the interpreter value by value
    return code


def run(argv: Sequence[str], *, environment: Mapping[str, str], now: datetime, out: TextIO, err: TextIO) -> int:
    """Do what `argv` asks for; every way to end is an exit code."""
    parser = arguments()
    args = parser.parse_args(argv)
    out, err = quiet(out, json=getattr(args, "format", "") == "json"), quiet(err)
    if args.command is None:
        parser.print_help(err)
        return 2
    try:
        code = dispatch(args, parser, environment, now, out, err)
        out.flush()
    except MaintainerError as error:
        print(shown(error.message), file=err)
        return ended(args, error.exit_code, error.message)
    except KeyboardInterrupt:
        print("Interrupted.", file=err)
        return 130
    except BrokenPipeError:
        hush(out)
        return 141
    except Exception as error:
        if isinstance(error, OSError) and error.errno in THE_DISKS:
            hush(out)
            what = f"{error.filename} can't be used" if error.filename else "The answer can't be written"
            with suppress(OSError):
                print(f"{what}: {error.strerror}. Make room or access, then run again.", file=err)
            return 3
        from maintainer.commands.bug_report import block

        print(shown(block(error, argv, environment)), file=err)
        return ended(args, 70, f"This is a bug in maintainer: {type(error).__name__}. The log says what to report.")
    return ended(args, code)


def ended(args: argparse.Namespace, code: int, message: str = "") -> int:
    """The exit code, which the reports are told too, with what went wrong."""
    if hasattr(args, "reports"):
        from maintainer.commands import reports

        with suppress(OSError):
            reports.end(Path(args.reports), code, message)
    return code


def dispatch(
    args: argparse.Namespace,
    parser: argparse.ArgumentParser,
    environment: Mapping[str, str],
    now: datetime,
    out: TextIO,
    err: TextIO,
) -> int:
    """Hand over to the command's module, which is imported only now."""
    if args.command == "completion":
        import shtab

        print(shtab.complete(parser, args.shell), file=out)
        return 0
    context = surroundings(args, environment, now, out, err)
    module = getattr(args, "module", None) or args.command
    code: int = import_module(f"maintainer.commands.{module}").main(context, args)
    return code


def surroundings(
    args: argparse.Namespace, environment: Mapping[str, str], now: datetime, out: TextIO, err: TextIO
) -> Context:
    """The context of this run; raises ConfigurationError when the directory isn't there."""
    reports = getattr(args, "reports", None)
    if reports is not None:
        from maintainer.commands.reports import begin

        begin(Path(reports))
    directory = Path(getattr(args, "directory", "."))
    if not directory.is_dir():
        raise ConfigurationError(f"{directory} is no directory: give --directory the folder of a repository.")
    config = getattr(args, "config", None)
    terminal = out.isatty()
    return Context(
        root=directory.resolve(),
        environment=environment,
        now=now,
        out=out,
        err=err,
        interactive=err.isatty() and environment.get("TERM") != "dumb" and not environment.get("CI"),
        colour=not hasattr(args, "no_color") and coloured(environment, terminal),
        width=shutil.get_terminal_size((120, 24)).columns if terminal else 120,
        language=spoken(environment),
        format=getattr(args, "format", "text"),
        config=Path(config) if config is not None else None,
        reports=Path(reports) if reports is not None else None,
    )


def coloured(environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether to colour (https://no-color.org, https://force-color.org); refusing wins."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] not in ("0", "false")
    return terminal and environment.get("TERM") != "dumb"


def spoken(environment: Mapping[str, str]) -> str:
    """`pl` or `en`, by the locale's rules (POSIX: LC_ALL, then LC_MESSAGES, then LANG)."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "pl" if locale.lower().startswith("pl") else "en"


def hush(out: TextIO) -> None:
    """Nobody reads any more: keep the interpreter from complaining when it closes the stream."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
