"""The base of all kinds of results: a documented, versioned JSON file that is checked when it is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self, cast

from ..atomic_write import write_json
from ..errors import ProsodySerError
from ..file_errors import why_unreadable
from ..versions import other_version

#: Longest message of jsonschema that is shown; longer ones quote large parts of the file.
_LONGEST = 160


def loaded(path: str | PathLike) -> dict[str, Any]:
    """Load a JSON file; the content is empty if the file does not hold an object.

    Raises
    ------
    ProsodySerError
        If the file cannot be read.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ProsodySerError(f"{path}: {why_unreadable(error)}") from error
    return data if isinstance(data, dict) else {}


def _kind_of(given: Any) -> str:
    """Name what was given in place of a result."""
    if isinstance(given, Mapping) and given.get("schema"):
        return f"data with the schema {given['schema']}"
    return f"an object of the type {type(given).__name__}"


@dataclass(frozen=True, eq=False, repr=False)
class Document:
    """Base class of the results.

    Each kind of result defines the name of its files' schema (`schema`), the version, the file in ``schemas/`` that
    describes every field, and the command that writes such files.

    Attributes
    ----------
    data : dict
        The content of the file.
    """

    schema: ClassVar[str]
    schema_version: ClassVar[int] = 1
    schema_file: ClassVar[str]
    command: ClassVar[str]

    data: dict[str, Any]

    def write(self, path: str | PathLike) -> None:
        """Write the result as JSON; an existing file is replaced only once the new one is complete.

        Parameters
        ----------
        path : path_like

        Raises
        ------
        ProsodySerError
            If the file cannot be written.
        """
        write_json(path, self.data)

    @classmethod
    def read(cls, path: str | PathLike) -> Self:
        """Read a file that :meth:`write` has written.

        Parameters
        ----------
        path : path_like

        Raises
        ------
        ProsodySerError
            If the file cannot be read, is another kind of file, or has another version.
        """
        return cls._of(loaded(path), path)

    @classmethod
    def _of(cls, data: dict[str, Any], path: str | PathLike) -> Self:
        if data.get("schema") != cls.schema:
            raise ProsodySerError(
                f"{path}: the file is not a result of 'prosody-ser {cls.command}'; make one with 'prosody-ser "
                f"{cls.command}', or name another file"
            )
        if data.get("schema_version") != cls.schema_version:
            found = data.get("schema_version")
            raise ProsodySerError(f"{path}: {other_version(found, cls.schema_version, cls.command)}")
        return cls(data)

    @classmethod
    def read_whole(cls, path: str | PathLike) -> Self:
        """Read a file and check every field against the schema; unknown keys are allowed.

        Parameters
        ----------
        path : path_like

        Raises
        ------
        ProsodySerError
            As for :meth:`read`, or if a field is missing or invalid.
        """
        return cls.read(path)._whole(path)

    @classmethod
    def of(cls, given: "Self | Mapping[str, Any] | str | PathLike") -> Self:
        """Return a result that is given as such, as its data, or as the path of its file.

        Parameters
        ----------
        given : Document, dict or path_like
            A file is read as by :meth:`read_whole`.

        Raises
        ------
        ProsodySerError
            As for :meth:`read_whole`, or if it is something else, such as another kind of result.
        """
        if isinstance(given, cls):
            return given
        if isinstance(given, str | PathLike):
            return cls.read_whole(given)
        if isinstance(given, Mapping) and given.get("schema", cls.schema) == cls.schema:
            return cls(cast("dict[str, Any]", given))
        raise ProsodySerError(
            f"expected a {cls.__name__} (from 'prosody-ser {cls.command}'), its data, or the path of its file, not "
            f"{_kind_of(given)}"
        )

    def _whole(self, path: str | PathLike) -> Self:
        fault = self.fault()
        if fault:
            raise ProsodySerError(
                f"{path}: the file is not a complete result of this release ({fault}); run '{self.command}' again"
            )
        return self

    def fault(self) -> str | None:
        """Find the most serious fault in the data, if there is any.

        Returns
        -------
        str or None
            None for a complete result.
        """
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match

        schema = json.loads(files(__package__).joinpath("schemas", self.schema_file).read_text(encoding="utf-8"))
        errors = Draft202012Validator(schema).iter_errors(self.data)
        worst = best_match(error for error in errors if error.validator != "additionalProperties")
        if worst is not None:
            message = worst.message if len(worst.message) <= _LONGEST else f"breaks the rule {worst.validator!r}"
            return f"{worst.json_path.removeprefix('$').lstrip('.') or 'top level'}: {message}"
        try:
            json.dumps(self.data, allow_nan=False)
        except ValueError:
            return "it contains NaN or infinity"
        return self._inconsistency()

    def _inconsistency(self) -> str | None:
        """Describe parts that contradict each other, which a schema cannot express."""
        return None
