"""The errors that a user can cause, each with a message of one line.

Every error that is raised on purpose derives from :class:`ProsodySerError`. The command line prints its message as one
line and exits with status 2. Any other exception is a bug and keeps its traceback.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from numbers import Integral
from typing import Any


class ProsodySerError(Exception):
    """Base class of all errors whose cause the user can correct."""


class RecordingError(ProsodySerError):
    """A recording that cannot be read or measured.

    Parameters
    ----------
    status : str
        Short cause, one of :data:`prosody_ser.tables.feature_table.STATUSES`.
    message : str
        A sentence for the column ``error`` of a table.
    """

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[type, tuple[str, str]]:  # so that both parts are pickled
        return type(self), (self.status, str(self))


class CorpusError(ProsodySerError):
    """A folder that contains no recordings, or whose file names match no corpus."""


class TableError(ProsodySerError):
    """A feature table that cannot be read, written or used."""


class ProtocolError(ProsodySerError, ValueError):
    """An invalid argument, or an evaluation that could not be speaker-independent."""


class PluginError(ProsodySerError):
    """A plugin that cannot be imported or does not follow the rules."""


class CacheError(ProsodySerError):
    """The cache of finished rows cannot be used."""


class WorkerError(ProsodySerError):
    """Worker processes that cannot be started or used."""


class FetchError(ProsodySerError):
    """A corpus that could not be downloaded, checked or unpacked."""


class ModelError(ProsodySerError):
    """A file that is not a trained model or is not safe to open, or a model that cannot be stored."""


class LiveError(ProsodySerError):
    """A missing or disconnected source of live sound, or a model that cannot process a stream."""


def chosen(
    kind: str, name: Any, choices: Collection[str], more: str = "", error: type[ProsodySerError] = ProtocolError
) -> Any:
    """Look up a choice by name in a mapping, or check that it is in a list; raise for an unknown name.

    Parameters
    ----------
    kind : str
        What is chosen, for the message.
    name : str
        The name; any other type counts as unknown.
    choices : mapping or collection of str
    more : str
        Text after the list of choices.
    error : type
        Type of the error.

    Raises
    ------
    ProsodySerError
        If the name is not among the choices; the message suggests the nearest one and lists all.
    """
    if isinstance(name, str) and name in choices:
        return choices[name] if isinstance(choices, Mapping) else name
    near = did_you_mean(str(name), choices)
    choose = f"{near} Choose from:" if near else "; choose from"
    raise error(f"unknown {kind} {name!r}{choose} {', '.join(choices)}{more}")


def did_you_mean(name: str, choices: Iterable[str], shown: Callable[[str], str] = str) -> str:
    """Suggest the choice nearest to an unknown name, as the end of a message; empty if none is similar.

    Parameters
    ----------
    name : str
    choices : iterable of str
    shown : callable
        Returns the text of a choice in the message.

    Examples
    --------
    >>> did_you_mean("agner", ["anger", "joy"]), did_you_mean("x", ["anger", "joy"])
    ('; did you mean anger?', '')
    """
    by_lower_case = {str(choice).lower(): choice for choice in choices}
    near = get_close_matches(str(name).lower(), by_lower_case, 1)
    return f"; did you mean {shown(by_lower_case[near[0]])}?" if near else ""


def counted(count: int, one: str, many: str | None = None) -> str:
    """Format a count with its noun: ``1 clip``, ``1,440 clips``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def none_of(count: int, noun: str, verb: str, rest: str) -> str:
    """Say that nothing is true of any: ``none of the 3 clips can be used``, ``the only clip cannot be used``."""
    if count == 1:
        return f"the only {noun} {'cannot' if verb == 'can' else f'{verb} not'} {rest}"
    return f"none of the {count:,} {noun}s {verb} {rest}"


def listed(names: Iterable[Any], most: int) -> str:
    """Join names with commas; of more than `most`, show the first ones and the number of others."""
    names = list(map(str, names))
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def whole_number(kind: str, value: Any, least: int, most: int | None = None) -> None:
    """Raise a ProtocolError unless `value` is a whole number in its range."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or int(value) < least or (most is not None and int(value) > most):
        span = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ProtocolError(f"{kind} must be a whole number, {span} (got {value!r})")
