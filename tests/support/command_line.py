"""What the command line answers."""


def assert_refused(result, *words):
    """One line on stderr, exit status 2."""
    assert result.status == 2
    assert result.err.count("\n") == 1, result.err
    assert result.err.startswith("prosody-ser: ")
    for word in words:
        assert word in result.err
