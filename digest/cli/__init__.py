"""The command ``digest``: parse, call one library function, print.

This package is the only place that prints, exits and runs an event loop. A command's file is imported when
the command (or the list of commands) is asked for, and imports its heavy parts when it runs.

Results go to stdout, everything else to stderr. An expected failure ends with its message, its hint and its
exit status; a bug keeps its traceback and ends with 70.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from typing import TYPE_CHECKING

from digest.errors import DISK_FAILURES, DigestError

if TYPE_CHECKING:
    import click

__all__ = ["command_line", "main"]

COMMANDS = (
    "init",
    "read",
    "condense",
    "preview",
    "lint",
    "send",
    "inbox",
    "status",
    "run",
    "schedule",
    "dkim",
)
"""In the order in which an editor meets them."""

EXIT_STATUSES = """\b
Exit statuses:
  0   done, or nothing to do
  1   finished, some recipients refused for good
  2   usage
  65  article, list, template or lint invalid: nothing sent
  66  input missing
  70  a bug (keeps its traceback)
  74  store damaged or disk full
  75  some deferred, or another run holds the lock: run again
  76  some in doubt, held
  77  login refused
  78  configuration, TLS, or the server refuses us: nothing more sent
  130/143  interrupted, resumable
"""
_BUG = 70
_DISK_FULL = 74
_INTERRUPTED = 130
_STDERR = 2


def main() -> None:
    """Run the command line and exit with its status."""
    _open_missing_streams()
    try:
        sys.exit(_tell_version() if sys.argv[1:] == ["--version"] else _run())
    except KeyboardInterrupt:  # while click was being loaded
        sys.exit(_INTERRUPTED)


def _tell_version() -> int:
    """Answer before click is loaded: scripts ask this often."""
    from digest.cli.version import version

    try:
        print(f"digest {version()}", flush=True)  # noqa: T201  # the command's result
    except OSError as error:
        return _not_written(error)
    return 0


def _open_missing_streams() -> None:
    """Put /dev/null where a standard stream is closed (``>&-``, some daemons).

    Its number would go to the next file opened, a socket or the store, and what is printed with it; uvloop aborts.
    """
    number = os.open(os.devnull, os.O_RDWR)
    while number <= _STDERR:
        os.set_inheritable(number, True)  # noqa: FBT003  # the function's own signature
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(_STDERR, "w")


def _write_what_the_terminal_can() -> None:
    """Escape characters that the output's encoding lacks: an old locale is no reason to show nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run() -> int:  # noqa: PLR0911  # one return per way a command may end
    import click

    _write_what_the_terminal_can()
    try:
        # standalone_mode would print errors its own way and swallow our exit statuses
        result = command_line().main(standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("digest: interrupted", err=True)
        return _INTERRUPTED
    except DigestError as error:
        show(error)
        return error.exit_status
    except OSError as error:
        return _not_written(error)
    except Exception:  # noqa: BLE001  # the outermost loop: a bug keeps its traceback and gets its own status
        return _bug()
    return result if isinstance(result, int) else 0


def _not_written(error: OSError) -> int:
    """End after output that did not arrive: its reader went away (`| head`) and is not told, or the disk is full."""
    is_unread = isinstance(error, BrokenPipeError)
    if not is_unread and error.errno not in DISK_FAILURES:
        return _bug()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if is_unread:
        return 0
    print(f"digest: the result cannot be written: {error.strerror}", file=sys.stderr)  # noqa: T201
    return _DISK_FULL


def _bug() -> int:
    """Keep the traceback of a failure that nobody expected."""
    traceback.print_exc()
    print("digest: this is a bug; please report the lines above", file=sys.stderr)  # noqa: T201
    return _BUG


def show(error: DigestError) -> None:
    """Print an expected failure the way a person reads it: what and where, then what to do."""
    import click

    from digest.cli.terminal import plain

    place = f"{error.where}: " if error.where else ""
    lines = [f"digest: {place}{error.what}", *(f"  {problem}" for problem in getattr(error, "problems", ()))]
    if error.hint:
        lines.append(f"Hint: {error.hint}")
    for line in lines:
        click.echo(plain(line), err=True)


def command_line() -> click.Group:
    """Give the whole command line; its commands are imported when they are asked for."""
    import click

    class Commands(click.Group):
        """The commands, each imported from its file when it is asked for."""

        def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
            return list(COMMANDS)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the same
            if cmd_name not in COMMANDS:
                return None
            command = importlib.import_module(f"digest.cli.{cmd_name}").command
            assert isinstance(command, click.Command)
            return command

        def resolve_command(
            self, ctx: click.Context, args: list[str]
        ) -> tuple[str | None, click.Command | None, list[str]]:
            if args and args[0] not in COMMANDS and not args[0].startswith("-"):
                import difflib

                near = difflib.get_close_matches(args[0], COMMANDS, n=1, cutoff=0)[0]
                ctx.fail(f"'{args[0]}' is no command. Did you mean '{near}'?")
            return super().resolve_command(ctx, args)

    @click.group(
        cls=Commands,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog=EXIT_STATUSES,
    )
    @click.version_option(package_name="digest-mailer", prog_name="digest", message="%(prog)s %(version)s")
    def digest() -> None:
        """From articles to inboxes in one command.

        \b
        Try it without mailing anybody:
          digest inbox &
          digest send article.txt --to subscribers.csv --debug --yes
        """  # noqa: D301  # \b is click's mark for lines to keep as they are

    return digest
