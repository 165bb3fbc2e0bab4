"""The one error family: what a user can cause, said in one line.

Every error raised on purpose derives from :class:`ProsodySerError`. The command line prints its message as
one line and exits with 2; anything else is a bug and keeps its traceback.
"""

from numbers import Integral


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

    def __init__(self, status: str, message: str):
        super().__init__(message)
        self.status = status

    def __reduce__(self):  # crosses process borders with both parts
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


def chosen(kind: str, name: str, choices, more: str = ""):
    """`name` if it is among `choices`, else an error that lists them."""
    if name not in choices:
        raise ProtocolError(f"unknown {kind} {name!r}; choose from {', '.join(choices)}{more}")
    return choices[name]


def whole_number(kind: str, value: object, least: int, most: int | None = None) -> None:
    """Raise unless `value` is a whole number in its range."""
    if not isinstance(value, Integral) or isinstance(value, bool) or not least <= int(value) <= (most or int(value)):
        span = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ProtocolError(f"{kind} is {value!r}: take a whole number, {span}")
