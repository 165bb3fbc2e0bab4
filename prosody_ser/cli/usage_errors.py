"""Errors of the parser of the command line in the package's own words."""

import re
from collections.abc import Sequence
from typing import Any

#: What an option takes, by the type of its values, and an example.
_TYPES = {int: ("a whole number", "10"), float: ("a number", "0.5")}
#: Examples for options whose default is no example.
_EXAMPLES = {"--jobs": "4", "--pitch-ceiling": "500", "--pitch-floor": "75", "--risk": "0.1", "--seed": "1"}
_MORE_ARGUMENTS = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)")


def message_of(error: Any, arguments: Sequence[str]) -> str:
    """Word an error of the parser: what the option takes, an example, and what was given.

    Parameters
    ----------
    error : click.UsageError
        Typer has its own copy of this class.
    arguments : sequence of str
        The arguments of the program, from which the value of the option is read.

    Returns
    -------
    str
        The parser's own message if there are no better words.
    """
    message = error.format_message().rstrip(".")
    if extra := _MORE_ARGUMENTS.fullmatch(message):
        return f"the command takes no further argument, but got {extra[1]!r}"
    parameter = getattr(error, "param", None)
    kind = _number(parameter)
    names: Sequence[str] = getattr(parameter, "opts", ())
    given = _given(names, arguments)
    if kind is None or given is None:
        return message
    option = max(names, key=len)
    return f"{option} takes {_takes(kind, option, parameter)}, but got {given!r}"


def _takes(kind: type, option: str, parameter: Any) -> str:
    """Say which numbers an option takes: ``a number from 0 to 1, such as 0.1``."""
    what, example = _TYPES[kind]
    least, most = _limits(parameter)
    if least is not None and most is not None:
        what += f" from {least:,} to {most:,}"
    elif least is not None:
        what += f", {least:,} or more"
    default = getattr(parameter, "default", None)
    if isinstance(default, int | float) and default:
        example = f"{default:g}"
    return f"{what}, such as {_EXAMPLES.get(option, example)}"


def _number(parameter: Any) -> type | None:
    """Return the type of the numbers that an option takes, or None; Typer's attribute for it differs by version."""
    annotation = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if annotation in _TYPES:
        return annotation
    name = getattr(getattr(parameter, "type", None), "name", "")
    return {"integer": int, "float": float}.get(name.removesuffix(" range"))


def _limits(parameter: Any) -> tuple[float | None, float | None]:
    """Return the least and the largest number that an option takes; None if there is no limit."""
    places = (parameter, getattr(parameter, "type", None))
    least, most = (
        next((v for p in places if (v := getattr(p, name, None)) is not None), None) for name in ("min", "max")
    )
    return least, most


def _given(names: Sequence[str], arguments: Sequence[str]) -> str | None:
    """Return the last value that the arguments give to an option, or None."""
    for i, argument in reversed([*enumerate(arguments)]):
        name, equals, value = argument.partition("=")
        if name in names and equals:
            return value
        if argument in names and i + 1 < len(arguments):
            return arguments[i + 1]
    return None
