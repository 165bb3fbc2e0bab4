"""Groups of commands, such as ``prosody-ser model``: without a command, they print their help."""

import typer

from ..errors import ProsodySerError


def help_without_command(context: typer.Context) -> None:
    """Print the help of a group and raise an error that names its commands, if none of them is called."""
    if context.invoked_subcommand is not None:
        return
    print(context.get_help())
    names = list(getattr(context.command, "commands", {}))
    raise ProsodySerError(f"name one of the commands {' or '.join(names)}, such as '{context.command_path} {names[0]}'")
