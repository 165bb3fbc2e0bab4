"""A group of options as one object: a dataclass whose fields become options of every command that takes it."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, get_type_hints


def takes(options: type, *, without: tuple[str, ...] = (), **defaults: Any) -> Callable[[Callable[..., None]], Any]:
    """Add the fields of a dataclass to a command as options, before its own; it gets them as its first argument.

    Parameters
    ----------
    options : type
        A dataclass; each field has a default and an annotation that Typer understands.
    without : tuple of str
        Fields that this command does not offer.
    **defaults
        Defaults of this command, where they differ from those of the dataclass.
    """
    kinds = get_type_hints(options, include_extras=True)
    offered = [field for field in fields(options) if field.name not in without]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        remaining = list(inspect.signature(command).parameters.values())[1:]
        shared = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=defaults.get(field.name, field.default),
                annotation=kinds[field.name],
            )
            for field in offered
        ]

        @wraps(command)
        def run(**given: Any) -> None:
            command(options(**{field.name: given.pop(field.name) for field in offered}), **given)

        parameters = [*shared, *remaining]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate
