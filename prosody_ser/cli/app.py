"""The command line: one file a command, each parses, calls the API and writes its files.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.
"""

import errno
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
from .printing import let_go, tell
from .progress import Stopped
from .surroundings import check_surroundings

#: What can go wrong as something is printed.
_PRINTING = {errno.ENOSPC: "no space left", errno.EIO: "the device fails"}

app = typer.Typer(
    name="prosody-ser",
    help="Emotion recognition from speech prosody, with speaker-independent scores.",
    epilog=examples(
        "prosody-ser cv --model svm         (real scores: EMO-DB is built in)",
        "prosody-ser extract dir/ out.csv   (your recordings, a row each)",
        "prosody-ser cv --model svm         (now on yours)",
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

# Typer's own copy of click's UsageError has no public name; BadParameter is derived from it.
_UsageError: Any = typer.BadParameter.__base__


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        print(f"prosody-ser {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say the version."),
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """Run the command line; errors a user can cause are one line and exit status 2."""
    for name in ("SIGTERM", "SIGHUP"):  # so that workers and temporary files go
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a label must not break on an old terminal's encoding
    warnings.showwarning = _one_line
    try:
        check_surroundings()
        _refuse_empty(sys.argv[1:])
        status = app(prog_name="prosody-ser", standalone_mode=False)
        sys.stdout.flush()
    except ProsodySerError as error:
        for note in getattr(error, "__notes__", ()):
            tell(note)
        _fail(str(error))
    except _UsageError as error:
        command = error.ctx.command_path if getattr(error, "ctx", None) else "prosody-ser"
        _fail(f"{error.format_message()} (see '{command} --help')")
    except Stopped as stop:
        tell(f"prosody-ser: stopped; {stop}")
        sys.exit(130)
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except MemoryError:
        _fail("the memory that this process may take does not suffice (see 'ulimit -v')")
    except OSError as error:
        if error.filename is None and error.errno == errno.EPIPE:
            _unread()
        if error.filename is not None or error.errno not in _PRINTING:
            raise
        let_go(sys.stdout)
        _fail(f"the output cannot be written: {_PRINTING[error.errno]}")
    except SystemExit as stopped:
        if not isinstance(stopped.__context__, BrokenPipeError):
            raise
        _unread()
    if status == 130:
        tell("prosody-ser: stopped")
    sys.exit(status if isinstance(status, int) else 0)


def _refuse_empty(words: list[str]) -> None:
    """Refuse an argument without letters: taken as a path it would be this folder, and all that is in it."""
    for word in words:
        if not word.strip() or (word.startswith("--") and word.endswith("=")):
            raise ProsodySerError(f"an argument is empty ({word!r}): give it a value, or leave it out")


def _stop(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def _one_line(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    tell(f"prosody-ser: warning: {' '.join(str(message).split())}")


def _fail(message: str) -> NoReturn:
    tell("prosody-ser: " + " ".join(message.split()))
    sys.exit(2)


def _unread() -> NoReturn:
    """End without a word, as other programs do whose reader (``head``) has seen enough."""
    let_go(sys.stdout)
    sys.exit(128 + 13)  # as a shell tells of SIGPIPE
