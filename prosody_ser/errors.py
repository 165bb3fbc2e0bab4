"""The one error family: what a user can cause, said in one line.

Every error raised on purpose derives from :class:`ProsodySerError`. The command line prints its message as
one line and exits with 2; anything else is a bug and keeps its traceback.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from numbers import Integral
from typing import Any


class ProsodySerError(Exception):
    """Base of all errors that name a cause the user can act on."""


class RecordingError(ProsodySerError):
    """A recording that cannot be read or measured.

    Parameters
    ----------
    status : str
        Short cause, one of :data:`prosody_ser.tables.feature_table.STATUSES`.
    message : str
        A sentence for the row's ``error`` column.
    """

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[type, tuple[str, str]]:  # crosses process borders with both parts
        return type(self), (self.status, str(self))


class CorpusError(ProsodySerError):
    """A folder that holds no recordings, or whose file names no corpus explains."""


class TableError(ProsodySerError):
    """A feature table that cannot be read, written or used."""


class ProtocolError(ProsodySerError, ValueError):
    """An evaluation that could not be speaker-independent, or an unknown choice."""


class PluginError(ProsodySerError):
    """A user's own module of features that cannot be imported or does not keep to the rules."""


class CacheError(ProsodySerError):
    """The cache of finished rows cannot be used."""


class WorkerError(ProsodySerError):
    """Processes that measure cannot run."""


class FetchError(ProsodySerError):
    """A corpus that could not be downloaded, checked or unpacked."""


class ModelError(ProsodySerError):
    """A file that holds no trained model, or one that must not be opened; a model that cannot be stored."""


class LiveError(ProsodySerError):
    """Nothing to listen to, a microphone that is gone, or a model that cannot follow a stream."""


def chosen(
    kind: str, name: Any, choices: Collection[str], more: str = "", error: type[ProsodySerError] = ProtocolError
) -> Any:
    """What stands under a name, or the name itself where the choices are a list; for another, an error that helps.

    Parameters
    ----------
    kind : str
        What is chosen, as the message names it.
    name : str
        Anything else is unknown too.
    choices : mapping or collection of str
    more : str
        Put behind the list of choices.
    error : type
        What is raised.

    Raises
    ------
    ProsodySerError
        If the name is not among the choices: it offers the nearest and lists all.
    """
    if isinstance(name, str) and name in choices:
        return choices[name] if isinstance(choices, Mapping) else name
    near = did_you_mean(str(name), choices)
    say = f"{near} Choose from:" if near else "; choose from"
    raise error(f"unknown {kind} {name!r}{say} {', '.join(choices)}{more}")


def did_you_mean(name: str, choices: Iterable[str], shown: Callable[[str], str] = str) -> str:
    """The name that comes nearest to one that is unknown, as the end of a message; empty if none is near.

    Parameters
    ----------
    name : str
    choices : iterable of str
    shown : callable
        What a choice is called in the message.

    Examples
    --------
    >>> did_you_mean("agner", ["anger", "joy"]), did_you_mean("x", ["anger", "joy"])
    ('; did you mean anger?', '')
    """
    near = get_close_matches(name, choices, 1)  # type: ignore[type-var]
    return f"; did you mean {shown(near[0])}?" if near else ""


def counted(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: ``1 clip``, ``1,440 clips``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Iterable[Any], most: int) -> str:
    """Names with commas between; of more than `most` the first, and how many more there are."""
    names = list(map(str, names))
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def whole_number(kind: str, value: Any, least: int, most: int | None = None) -> None:
    """Raise unless `value` is a whole number in its range."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or int(value) < least or (most is not None and int(value) > most):
        span = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ProtocolError(f"{kind} must be a whole number, {span} (got {value!r})")
