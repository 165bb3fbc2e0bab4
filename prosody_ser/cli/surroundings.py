"""What every command needs around it, looked at before it begins: a reader, a folder, room for its libraries."""

import errno
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
        If standard output or error is closed, if the working directory is gone, or if the process may take too little
        memory.
    BrokenPipeError
        If standard output is a pipe that nobody reads any more.
    """
    for name, stream, own, number in (
        ("output", sys.stdout, sys.__stdout__, 1),
        ("error", sys.stderr, sys.__stderr__, 2),
    ):
        events = _events(number) if stream is own else 0
        if stream is None or events & select.POLLNVAL:
            raise ProsodySerError(
                f"standard {name} is closed, so that what this command says would be lost; redirect it to a file or to "
                "/dev/null"
            )
        if number == 1 and events & (select.POLLERR | select.POLLHUP):
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
    try:
        os.getcwd()
    except OSError as error:
        raise ProsodySerError(
            f"the working directory cannot be used ({error.strerror}); change to a folder that is there"
        ) from error
    _check_address_space()


def _events(number: int) -> int:
    """What the system says of a file descriptor: closed, or a pipe or a socket whose other end is closed."""
    if not hasattr(select, "poll"):
        return 0
    asked = select.poll()
    asked.register(number, select.POLLOUT)
    return sum(event for _, event in asked.poll(0))


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
