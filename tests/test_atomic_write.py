"""Files are written completely or not at all; impossible outputs are reported before any work, in one line."""

import os

import pytest

from prosody_ser.atomic_write import check_outputs, whole_file, write_text
from prosody_ser.errors import ProsodySerError


def loop(folder):
    (folder / "loop.csv").symlink_to("loop.csv")
    return folder / "loop.csv"


def too_long(folder):
    return folder / ("x" * 300 + ".csv")


def link_to_nowhere(folder):
    (folder / "link.csv").symlink_to("missing/out.csv")
    return folder / "link.csv"


def link_to_a_long_name(folder):
    (folder / "link.csv").symlink_to("x" * 256)
    return folder / "link.csv"


def below_a_file(folder):
    (folder / "file").write_text("")
    return folder / "file" / "out.csv"


def missing_folder(folder):
    return folder / "missing" / "out.csv"


NOWHERE = [loop, too_long, link_to_nowhere, link_to_a_long_name, below_a_file, missing_folder]


@pytest.mark.parametrize("place", NOWHERE)
def test_where_nothing_can_be_written_is_known_before(tmp_path, place):
    path = place(tmp_path)
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(ProsodySerError) as asked:
        check_outputs(path, force=True)
    with pytest.raises(ProsodySerError) as written:
        write_text(path, "text")
    for error in (asked, written):
        assert "\n" not in str(error.value)
        assert path.name[:20] in str(error.value)
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize("name", ["x" * 251 + ".csv", "ä" * 125 + ".csv", "out.csv"])
def test_what_the_check_lets_pass_can_be_written(tmp_path, name):
    """The longest names work, too, although a temporary file with another name is written first."""
    check_outputs(tmp_path / name, force=False)
    assert os.listdir(tmp_path) == []
    write_text(tmp_path / name, "text")
    assert os.listdir(tmp_path) == [name]


def test_a_link_is_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link.csv").symlink_to("elsewhere/out.csv")
    for text in ("first", "second"):  # to what is not there yet, and to what is
        check_outputs(tmp_path / "link.csv", force=True)
        write_text(tmp_path / "link.csv", text)
        assert (tmp_path / "elsewhere" / "out.csv").read_text() == text
    assert (tmp_path / "link.csv").is_symlink()


def test_a_device_is_written_to_and_stays(tmp_path):
    check_outputs("/dev/null", force=False)
    with whole_file("/dev/null") as temporary:
        temporary.write_text("gone")
    assert not os.path.isfile("/dev/null")
