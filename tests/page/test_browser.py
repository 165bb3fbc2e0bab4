"""The page in a real browser: Debian's chromium, driven by Playwright."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import pytest

from tests.page.conftest import wav
from tests.support.folders import files_in
from tests.support.processes import PATIENCE_S
from tests.support.signals import speech_like

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian: apt-get install chromium)"),
]
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
)
#: Streamlit's own: a drop zone with both a name and the role of none.
STREAMLITS = [["[data-testid=stFileUploaderDropzone]"]]
WIDTHS = (375, 1440)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The command, on a port of its own; gives its address and the folder of its temporary files."""
    folder = tmp_path_factory.mktemp("temporary")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "prosody_ser", "page", "--port", str(port)]
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with open(log, "w") as file:
        process = subprocess.Popen(
            command, cwd=folder.parent, stdout=file, stderr=file, env=os.environ | {"TMPDIR": str(folder)}
        )
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + PATIENCE_S
        while not _answers(f"{address}/_stcore/health"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield address, folder
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
    assert "Traceback" not in log.read_text()


def _answers(address):
    with suppress(OSError), urllib.request.urlopen(address, timeout=1) as answer:
        return answer.status == 200


@pytest.fixture(scope="module")
def sounds(tmp_path_factory, clips):
    """Files to drop, and what the fake microphone hears."""
    folder = tmp_path_factory.mktemp("sounds")
    for clip in clips:
        (folder / clip.name).write_bytes(clip.sound)
    (folder / "microphone.wav").write_bytes(wav(speech_like(7)))
    return folder


@pytest.fixture(scope="module")
def browser(sounds):
    from playwright.sync_api import sync_playwright

    heard = f"--use-file-for-fake-audio-capture={sounds / 'microphone.wav'}"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, heard])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, server):
    """Open the page: ``visit("/", width=375, scheme="dark")``. All its requests must go to its own server."""
    address, _ = server
    opened, elsewhere = [], []

    def open_page(path="/", width=1440, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: None if _own(request.url, address) else elsewhere.append(request.url))
        page.goto(address + path)
        page.get_by_role("heading", level=1).wait_for()
        opened.append(context)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert elsewhere == []


def _own(url, address):
    return url.startswith((address, "data:", "blob:", address.replace("http:", "ws:")))


def drop(page, *paths, number=0):
    page.locator("input[type=file]").nth(number).set_input_files([str(path) for path in paths])


def fits(page):
    """Whether no part of the page is wider than the window, except parts that scroll by themselves."""
    main = page.get_by_test_id("stMain")
    return main.evaluate("main => main.scrollWidth <= main.clientWidth")


def faults(page):
    """Violations that axe-core reports, without those in Streamlit's own elements."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page, context={"exclude": STREAMLITS}).response["violations"]
    return [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in violations]


def test_a_recording_is_dropped_heard_moved_by_its_voice_and_forgotten(visit, server, sounds):
    page = visit(width=WIDTHS[0], scheme="dark")
    drop(page, sounds / "clip0.wav")
    page.get_by_role("heading", name="Measurements").wait_for()
    page.get_by_alt_text(re.compile("Waveform, spectrogram")).wait_for()
    page.get_by_test_id("stAudio").wait_for()
    assert page.get_by_text("usually").first.is_visible()
    page.get_by_role("heading", name="The same voice").wait_for()
    assert fits(page)
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="TextGrid").click()
    assert download.value.suggested_filename == "clip0.TextGrid"
    drop(page, sounds / "clip1.wav", sounds / "microphone.wav", number=1)
    page.get_by_role("heading", name="Why, compared with this voice").wait_for()
    page.get_by_text("with 2 enrolment clips").wait_for()
    assert fits(page)
    assert faults(page) == []
    page.context.close()
    assert files_in(server[1]) == {}


def test_a_bad_file_gets_a_sentence_and_the_good_one_beside_it_is_heard(visit, sounds):
    page = visit(scheme="dark")
    drop(page, sounds / "notes.wav", sounds / "clip0.wav")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text().strip().endswith(".")
    assert "Traceback" not in page.content()
    page.get_by_role("rowheader", name="clip0.wav").wait_for()
    assert fits(page)


def test_by_keyboard_to_the_microphone(visit):
    page = visit(width=WIDTHS[1])
    page.get_by_role("tab", name="Files", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    record = page.get_by_role("button", name=re.compile("^record", re.I)).first
    record.wait_for()
    record.focus()
    page.keyboard.press("Enter")
    stop = page.get_by_role("button", name=re.compile("stop", re.I)).first
    stop.wait_for()
    page.get_by_text("00:02").first.wait_for()  # of the clock that runs while it records
    stop.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Predictions", exact=True).wait_for()
    page.get_by_role("heading", name="microphone.wav").wait_for()
    assert fits(page)
    assert faults(page) == []


def test_a_run_is_cancelled_and_the_next_one_reports_its_audit_first(visit):
    page = visit("/corpus")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The run was cancelled").wait_for()
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Report", exact=True).wait_for()
    headings = page.get_by_role("heading", level=3).all_inner_texts()
    assert headings.index("Leak audit: faults that could make the scores wrong") < headings.index("Scores")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page)
    assert faults(page) == []


@pytest.mark.thorough
@pytest.mark.parametrize(("path", "text"), [("/model", "Training data"), ("/corpus", "Distribution of a feature")])
def test_every_page_fits_and_has_no_faults_in_all_four_views(visit, path, text):
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page = visit(path, width=width, scheme=scheme)
            page.get_by_role("heading", name=text).wait_for()
            assert fits(page), (width, scheme)
            assert faults(page) == [], (width, scheme)
