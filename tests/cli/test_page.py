"""``prosody-ser page`` before the page opens: requirements and refusals."""

import socket
import subprocess
import sys

from prosody_ser.page import serving
from tests.support.command_line import assert_refused


def test_its_help_loads_no_streamlit():
    code = (
        "import sys; sys.argv = ['prosody-ser', 'page', '--help']\n"
        "from prosody_ser.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('streamlit', 'sklearn', 'matplotlib')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_without_the_extra_it_says_how_to_get_it(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "streamlit", None)
    assert_refused(cli("page"), "pip install 'prosody-ser[page]'")


def test_a_port_that_is_taken_is_refused_before_anything_is_loaded(cli):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert_refused(cli("page", "--port", taken.getsockname()[1]), "--port")


def test_a_model_that_is_none_is_refused(cli):
    assert_refused(cli("page", "--model", "none.skops"), "none.skops")


def test_streamlit_asks_no_server_of_others(monkeypatch):
    from streamlit import net_util

    assert serving._OPTIONS["browser_gatherUsageStats"] is False
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", None)
    serving.ask_nobody()
    assert net_util.get_external_ip() == "127.0.0.1"


def test_predictions_as_a_page(cli):
    from tests.support.signals import speech_like, write_wav

    write_wav(cli.folder / "a&b.wav", speech_like(1))
    (cli.folder / "bad.wav").write_text("no sound")
    done = cli("predict", "a&b.wav", "bad.wav", "-o", "said.html")
    assert done.status == 0
    page = (cli.folder / "said.html").read_text()
    for part in ("a&amp;b.wav", "Probability of each emotion", "could not be measured", "Decisions about people"):
        assert part in page
    assert "http" not in page.replace("http-equiv", "")
    assert_refused(cli("predict", "a&b.wav", "-o", "said.txt"), ".csv, .json or .html")
