"""Sessions whose page was closed are removed; those that are open or return are kept."""

from prosody_ser.page.forgetting import GRACE_S, Forgetting


def test_a_session_is_forgotten_once_and_only_after_a_while():
    open_now, forgotten = {"a", "b"}, []
    watching = Forgetting(open_now.__contains__, forgotten.append)
    for session in ("a", "b"):
        watching.watch(session, 0.0)
    watching.look(100.0)
    open_now.remove("a")
    watching.look(100.0 + GRACE_S)
    assert forgotten == []
    for _ in range(2):
        watching.look(101.0 + GRACE_S)
    assert forgotten == ["a"]


def test_a_connection_that_breaks_off_for_a_moment_loses_nothing():
    open_now, forgotten = {"a"}, []
    watching = Forgetting(open_now.__contains__, forgotten.append)
    watching.watch("a", 0.0)
    open_now.clear()
    watching.look(GRACE_S - 1)
    open_now.add("a")
    watching.look(GRACE_S + 1)
    open_now.clear()
    watching.look(2 * GRACE_S)
    assert forgotten == []


def test_a_session_that_cannot_be_ended_keeps_no_other_one(caplog):
    forgotten = []

    def forget(session):
        if session == "a":
            raise OSError("no space left")
        forgotten.append(session)

    watching = Forgetting(lambda _: False, forget)
    for session in ("a", "b"):
        watching.watch(session, 0.0)
    watching.look(GRACE_S + 1)
    assert forgotten == ["b"]
    assert "no space left" in caplog.text
