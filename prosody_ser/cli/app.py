"""The command line. Each command is one file, which parses its options, calls the API and writes its files.

Heavy modules are imported only when a command runs, so that ``--help`` answers at once.
"""

import errno
import gc
import signal
import sys
import warnings
from typing import Any, NoReturn

import typer

from ..errors import ProsodySerError
from . import (
    audit,
    augment,
    cache,
    compare,
    compare_engines,
    cross,
    cv,
    datasets,
    explain,
    extract,
    features,
    importances,
    live,
    model,
    models,
    page,
    plot,
    predict,
    profile,
    report,
    serve,
    synth,
    train,
    tune,
)
from .examples import examples
from .printing import discard, print_notice
from .progress import Stopped
from .surroundings import check_surroundings
from .usage_errors import message_of

#: Python's default of 700 or 2,000 new objects would take up to a tenth of the time of a short command.
_OBJECTS_PER_COLLECTION = 5000
#: Errors that can occur while output is printed.
_PRINTING_ERRORS = {errno.ENOSPC: "no space left on the device", errno.EIO: "input/output error on the device"}

app = typer.Typer(
    name="prosody-ser",
    help="Recognise emotions in speech from its prosody, and score models on speakers that they were not trained on.",
    epilog=examples(
        "prosody-ser cv --model svm               (scores a model on the built-in EMO-DB features)",
        "prosody-ser extract dir/ out.csv         (measures your recordings, one row per clip)",
        "prosody-ser cv out.csv --out my.json     (scores a model on your recordings)",
    ),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _module in (
    *(extract, cv, tune, compare, cross, audit, importances, explain, profile, report),
    *(train, predict, page, live, serve, models, plot, augment, features, compare_engines, synth),
):
    _name = _module.__name__.rpartition(".")[2].replace("_", "-")
    app.command(_name, epilog=examples(*_module.EXAMPLES))(_module.command)
app.add_typer(cache.app, name="cache")
app.add_typer(datasets.group, name="datasets")
app.add_typer(model.group, name="model")

# Typer's copy of click's UsageError has no public name, but BadParameter is derived from it.
_UsageError: Any = typer.BadParameter.__base__


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        print(f"prosody-ser {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """Run the command line. An error that a user can cause is printed as one line, with exit status 2."""
    for name in ("SIGTERM", "SIGHUP"):  # so that workers end and temporary files are removed
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # the terminal's encoding may lack letters of a label
    warnings.showwarning = _one_line
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    try:
        check_surroundings()
        _refuse_empty(sys.argv[1:])
        status = app(prog_name="prosody-ser", standalone_mode=False)
        sys.stdout.flush()
    except ProsodySerError as error:
        for note in getattr(error, "__notes__", ()):
            print_notice(note)
        _fail(str(error))
    except _UsageError as error:
        command = error.ctx.command_path if getattr(error, "ctx", None) else _command_named(sys.argv[1:])
        _fail(f"{message_of(error, sys.argv[1:])} (see '{command} --help')")
    except Stopped as stop:
        print_notice(f"prosody-ser: stopped; {stop}")
        sys.exit(130)
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except MemoryError:
        _fail("out of memory; if this process has a memory limit, raise it (see 'ulimit -v')")
    except OSError as error:
        if error.filename is None and error.errno == errno.EPIPE:
            _end_unread()
        if error.filename is not None or error.errno not in _PRINTING_ERRORS:
            raise
        discard(sys.stdout)
        _fail(f"the output cannot be written: {_PRINTING_ERRORS[error.errno]}")
    except SystemExit as stopped:
        if not isinstance(stopped.__context__, BrokenPipeError):
            raise
        _end_unread()
    if status == 130:
        print_notice("prosody-ser: stopped")
    sys.exit(status if isinstance(status, int) else 0)


def _refuse_empty(arguments: list[str]) -> None:
    """Refuse an empty argument: as a path it would mean the working directory and everything in it."""
    for argument in arguments:
        if not argument.strip() or (argument.startswith("--") and argument.endswith("=")):
            raise ProsodySerError(f"an argument is empty ({argument!r}): give it a value, or leave it out")


def _command_named(arguments: list[str]) -> str:
    """Give the command that the first arguments name, for errors of the parser, which do not know it."""
    command: Any = typer.main.get_command(app)
    named = ["prosody-ser"]
    for argument in arguments:
        command = getattr(command, "commands", {}).get(argument)
        if command is None:
            break
        named.append(argument)
    return " ".join(named)


def _stop(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def _one_line(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    print_notice(f"prosody-ser: warning: {' '.join(str(message).split())}")


def _fail(message: str) -> NoReturn:
    print_notice("prosody-ser: " + " ".join(message.split()))
    sys.exit(2)


def _end_unread() -> NoReturn:
    """End silently where the program that reads the output (such as ``head``) has closed the pipe."""
    discard(sys.stdout)
    sys.exit(128 + 13)  # the status that a shell reports for SIGPIPE
