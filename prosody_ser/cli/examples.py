"""Examples at the end of a command's help."""


def examples(*lines: str) -> str:
    """Format command lines for Typer's ``epilog``."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
