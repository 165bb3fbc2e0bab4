"""What every command needs around it, looked at before it begins: a reader, a folder, room for its libraries."""

import os
import select
import sys

from ..errors import ProsodySerError

#: With less, libraries may look for memory without end, and the process hears no signal meanwhile.
_ADDRESS_SPACE_BYTES = 1_500_000_000


def check_surroundings() -> None:
    """Refuse to begin where all that is done could be lost.

    Raises
    ------
    ProsodySerError
        If standard output or error is closed or has lost its reader, if the working directory is gone, or if the
        process may take too little memory.
    """
    for name, stream, own, number in (
        ("output", sys.stdout, sys.__stdout__, 1),
        ("error", sys.stderr, sys.__stderr__, 2),
    ):
        if stream is None or (stream is own and _unread(number)):
            raise ProsodySerError(
                f"standard {name} is closed, or nobody reads it any more, so that what this command says would be "
                "lost; redirect it to a file or to /dev/null"
            )
    try:
        os.getcwd()
    except OSError as error:
        raise ProsodySerError(
            f"the working directory cannot be used ({error.strerror}); change to a folder that is there"
        ) from error
    _check_address_space()


def _unread(number: int) -> bool:
    """Whether a file descriptor leads to a pipe or a socket whose other end is closed."""
    if not hasattr(select, "poll"):
        return False
    asked = select.poll()
    asked.register(number, select.POLLOUT)
    return any(event & (select.POLLERR | select.POLLHUP | select.POLLNVAL) for _, event in asked.poll(0))


def _check_address_space() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _ADDRESS_SPACE_BYTES:
        raise ProsodySerError(
            f"this process may take {limit / 1e6:.0f} MB of address space (see 'ulimit -v'), and with less than "
            f"{_ADDRESS_SPACE_BYTES / 1e6:.0f} MB its libraries may hang; raise the limit"
        )
