"""Output for terminals: wrapped lines, and no control characters."""

import pytest

from prosody_ser.terminal_view import fitted, line_width, one_line, readable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("anger", "anger"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("\udcff", "\\udcff"),
        ("78\N{NO-BREAK SPACE}% 山田\u3000太郎 e\u0301", "78\N{NO-BREAK SPACE}% 山田\u3000太郎 e\u0301"),
    ],
)
def test_what_no_screen_shows_is_escaped(text, shown):
    assert one_line(text) == shown


def test_prose_is_broken_between_words_below_where_it_began():
    assert fitted("speakers  anna, bert and carla", 20) == "speakers  anna, bert\n          and carla"
    assert fitted("see /a/path/that/is/longer now", 12) == "see\n  /a/path/that/is/longer\n  now"
    assert fitted("as it is:  x", 12) == "as it is:  x"


def test_the_width_is_what_is_asked_for(monkeypatch):
    monkeypatch.setenv("COLUMNS", "91")
    assert line_width() == 91
    assert max(map(len, fitted("word " * 50).split("\n"))) in range(86, 92)


def test_what_a_result_holds_is_readable_to_its_keys():
    assert readable({"a\x1b": ["b\n", 1, None, ("c\u202e",)]}) == {"a\\x1b": ["b\\n", 1, None, ["c\\u202e"]]}
