"""Options that come as one object: a dataclass whose fields are options of the commands that take it."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, get_type_hints


def takes(options: type, *, without: tuple[str, ...] = (), **defaults: Any) -> Callable[[Callable[..., None]], Any]:
    """Give a command the fields of a dataclass as options, before its own; it gets them in one object, which is first.

    Parameters
    ----------
    options : type
        A dataclass; each field is annotated as Typer wants it, and has a default.
    without : tuple of str
        Fields that this command does not offer.
    **defaults
        Defaults of this command where they are others.
    """
    kinds = get_type_hints(options, include_extras=True)
    offered = [field for field in fields(options) if field.name not in without]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command).parameters.values())[1:]
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

        parameters = [*shared, *own]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate
