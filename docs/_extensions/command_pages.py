"""Pages about the command line, generated from the commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from markdown_text import plain, table

from prosody_ser.cli import app


def commands(group: Any = None, path: tuple[str, ...] = ("prosody-ser",)) -> Iterator[tuple[str, Any]]:
    """Give every command and sub-command with its full name."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        yield " ".join((*path, name)), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


def _slug(name: str) -> str:
    return name.replace(" ", "-")


def _code(text: str) -> str:
    return f"`{text}`"


def page(name: str, command: Any) -> str:
    """Write the page of one command."""
    context = command.context_class(command, info_name=name)
    parts = [f"# {name}\n"]
    first, *more = (command.help or "").replace("\b", "").strip().split("\n\n")
    parts += [plain(" ".join(paragraph.split())) + "\n" for paragraph in (first, *more)]
    usage = " ".join(command.collect_usage_pieces(context))
    parts.append(f"```text\n{name} {usage}\n```\n")
    if command.epilog:
        lines = [line.strip() for line in command.epilog.replace("\b", "").splitlines()]
        examples = "\n".join(line for line in lines if line and line != "Examples:")
        parts.append(f"**Examples**\n\n```text\n{examples}\n```\n")
    records = [
        (parameter.param_type_name, parameter.get_help_record(context)) for parameter in command.get_params(context)
    ]
    for kind, title in (("argument", "Arguments"), ("option", "Options")):
        rows = [(_code(names), plain(text)) for of_kind, (names, text) in _given(records) if of_kind == kind]
        if rows:
            parts.append(f"**{title}**\n\n" + table(("name", "meaning"), rows))
    if hasattr(command, "commands"):
        rows = [
            (f"[`{name} {sub}`]({_slug(f'{name} {sub}')}.md)", plain(_brief(inner)))
            for sub, inner in command.commands.items()
        ]
        parts.append("**Sub-commands**\n\n" + table(("command", "what it does"), rows))
    return "\n".join(parts)


def _given(records: list[tuple[str, Any]]) -> Iterator[tuple[str, tuple[str, str]]]:
    for kind, record in records:
        if record is not None:
            yield kind, record


def _listed(members: list[tuple[str, Any]]) -> str:
    """Write a table of commands with their first sentences and links to their pages."""
    rows = [(f"[`{name}`]({_slug(name)}.md)", plain(_brief(command))) for name, command in members]
    return table(("command", "what it does"), rows)


def _brief(command: Any) -> str:
    """Give the first paragraph of a command's help."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def pages(root: Path) -> dict[str, str]:
    """Write a page for each command, and a list of all."""
    members = list(commands())
    toctree = "\n".join(_slug(name) for name, _ in members)
    index = (
        "# The command line\n\nThe `--help` of every command ends with examples. This page and the pages of the "
        "commands are generated from the commands when the documentation is built.\n\n"
        f"{_listed(members)}\n```{{toctree}}\n:hidden:\n\n{toctree}\n```\n"
    )
    written = {f"commands/{_slug(name)}.md": page(name, command) for name, command in members}
    return {"commands/index.md": index} | written
