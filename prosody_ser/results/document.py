"""What every kind of result is: a documented, versioned JSON, written whole and read with care."""

import json
from dataclasses import dataclass
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

from ..atomic_write import write_json
from ..errors import ProsodySerError

#: A message of jsonschema that is longer quotes whole parts of the file.
_LONGEST = 160


def loaded(path: str | PathLike) -> dict[str, Any]:
    """The content of a JSON file; an empty one if it holds no object.

    Raises
    ------
    ProsodySerError
        If the file cannot be read.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProsodySerError(f"{path}: cannot be read ({' '.join(str(error).split())})") from error
    except RecursionError as error:
        raise ProsodySerError(f"{path}: cannot be read (nested too deep)") from error
    return data if isinstance(data, dict) else {}


@dataclass(frozen=True, eq=False, repr=False)
class Document:
    """Base of the results.

    A kind of result says what its files are called by (`schema`), their version, the file of ``schemas/`` that
    describes every field, and the command that writes them.

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
        """Write as JSON, whole or not at all.

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
        """Read what :meth:`write` wrote.

        Parameters
        ----------
        path : path_like

        Raises
        ------
        ProsodySerError
            If the file cannot be read, is none of this kind, or is of another version.
        """
        return cls._of(loaded(path), path)

    @classmethod
    def _of(cls, data: dict[str, Any], path: str | PathLike) -> Self:
        if data.get("schema") != cls.schema:
            raise ProsodySerError(f"{path}: not a result of 'prosody-ser {cls.command}'")
        if data.get("schema_version") != cls.schema_version:
            raise ProsodySerError(
                f"{path}: schema version {data.get('schema_version')}, this release reads {cls.schema_version}"
            )
        return cls(data)

    @classmethod
    def read_whole(cls, path: str | PathLike) -> Self:
        """Read a file and check every field against the schema; keys that it does not know are let pass.

        Parameters
        ----------
        path : path_like

        Raises
        ------
        ProsodySerError
            As :meth:`read`, or if something is missing or ill-formed.
        """
        return cls.read(path)._whole(path)

    def _whole(self, path: str | PathLike) -> Self:
        fault = self.fault()
        if fault:
            raise ProsodySerError(f"{path}: not a whole result of this release ({fault}); run '{self.command}' again")
        return self

    def fault(self) -> str | None:
        """What keeps it from being a whole result.

        Returns
        -------
        str or None
            The gravest fault; None if there is none.
        """
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match

        schema = json.loads(files(__package__).joinpath("schemas", self.schema_file).read_text(encoding="utf-8"))
        errors = Draft202012Validator(schema).iter_errors(self.data)
        worst = best_match(error for error in errors if error.validator != "additionalProperties")
        if worst is not None:
            message = worst.message if len(worst.message) <= _LONGEST else f"breaks the rule {worst.validator!r}"
            return f"{worst.json_path.removeprefix('$').lstrip('.') or 'at its top'}: {message}"
        try:
            json.dumps(self.data, allow_nan=False)
        except ValueError:
            return "it holds NaN or infinity"
        return self._ill_fitting()

    def _ill_fitting(self) -> str | None:
        """Which parts do not fit one another; a schema cannot say it."""
        return None
