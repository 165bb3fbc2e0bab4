"""Checks before every command: usable output, an existing working directory, and enough memory."""

import errno
import os
import select
import sys

from ..errors import ProsodySerError

#: With less, libraries may try to allocate memory without end, and the process does not react to signals meanwhile.
_ADDRESS_SPACE_BYTES = 1_500_000_000


def check_surroundings() -> None:
    """Refuse to begin where the results could not be printed, or the libraries could hang.

    Raises
    ------
    ProsodySerError
        If standard output or error is closed, if the working directory was removed, or if the memory limit of the
        process is too low.
    BrokenPipeError
        If standard output is a pipe whose reader has closed it.
    """
    for name, stream, original, descriptor in (
        ("output", sys.stdout, sys.__stdout__, 1),
        ("error", sys.stderr, sys.__stderr__, 2),
    ):
        events = _events(descriptor) if stream is original else 0
        if stream is None or events & select.POLLNVAL:
            raise ProsodySerError(
                f"standard {name} is closed, so that the messages of this command would be lost; redirect it to a file "
                "or to /dev/null"
            )
        if descriptor == 1 and events & (select.POLLERR | select.POLLHUP):
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
    try:
        os.getcwd()
    except OSError as error:
        raise ProsodySerError(
            f"the working directory cannot be used ({error.strerror}); change to an existing folder"
        ) from error
    _check_address_space()


def _events(descriptor: int) -> int:
    """Poll a file descriptor: is it closed, or is it a pipe or a socket whose other end is closed?"""
    if not hasattr(select, "poll"):
        return 0
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return sum(event for _, event in poll.poll(0))


def _check_address_space() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _ADDRESS_SPACE_BYTES:
        raise ProsodySerError(
            f"the address space of this process is limited to {limit / 1e6:.0f} MB (see 'ulimit -v'); with less than "
            f"{_ADDRESS_SPACE_BYTES / 1e6:.0f} MB its libraries may hang: raise the limit"
        )
