"""Checks of the output of commands."""


def assert_refused(result, *words):
    """Check that a command printed one line on stderr, with this text, and exited with status 2."""
    assert result.status == 2
    assert result.err.count("\n") == 1, result.err
    assert result.err.startswith("prosody-ser: ")
    for word in words:
        assert word in result.err
