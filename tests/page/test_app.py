"""The page's scripts, run as Streamlit runs them, without a browser."""

from dataclasses import replace
from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from prosody_ser import load_emodb_features, make_pipeline, save_model, train, write_table
from prosody_ser.page import models
from prosody_ser.page.settings import is_loopback, settings
from tests.support.project import ROOT
from tests.support.signals import speech_like, write_wav

#: The titles that the menu has, and two pages of one session as one.
_PAGES = """
import streamlit as st
from prosody_ser.page.views import pages
st.markdown(" ".join(page.url_path or "first" for page in pages()))
"""
_BOTH = """
from prosody_ser.page.views.corpus import corpus_page
from prosody_ser.page.views.recordings import recordings_page
corpus_page()
recordings_page()
"""
APP = ROOT / "prosody_ser" / "page" / "app.py"


@pytest.fixture
def opened_page(monkeypatch):
    """Open the page with settings of the command: ``opened_page(model=..., host=...)``."""

    def open_page(script=None, **values):
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)
        models.given_model.cache_clear()
        opened = AppTest.from_string(script) if script else AppTest.from_file(str(APP))
        opened.default_timeout = 60
        return opened.run()

    yield open_page
    models.given_model.cache_clear()


def drop(page, clips):
    page.file_uploader(key="uploaded").set_value([(clip.name, clip.sound, "audio/wav") for clip in clips]).run()


def shown(page):
    return " ".join(part.value for part in (*page.markdown, *page.header, *page.subheader, *page.title))


def html(page):
    return " ".join(part.proto.body for part in page.get("html"))


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.4", False),
        ("a.b", False),
    ],
)
def test_only_this_machine_reaches_the_corpus_page(host, here):
    assert is_loopback(host) == here


def test_it_opens_with_what_the_model_is_and_is_not_for(opened_page):
    page = opened_page()
    assert not page.exception
    assert "EMO-DB" in shown(page)
    assert "Decisions about people" in shown(page)
    assert "Predictions" not in shown(page)


def test_recordings_dropped_together_are_all_heard_and_the_bad_one_gets_a_sentence(opened_page, clips):
    page = opened_page()
    drop(page, clips)
    assert not page.exception
    assert all(clip.name in html(page) for clip in clips)
    assert "Probability of each emotion" in html(page)
    assert "usually" in html(page)
    assert 'alt="Waveform, spectrogram' in html(page)
    page.selectbox[0].select(2).run()
    assert page.error[0].value.endswith(".")
    page.button[0].click().run()
    assert "Predictions" not in shown(page)


def test_a_model_that_normalises_speakers_asks_for_clips_of_the_same_voice(opened_page, clips, tmp_path):
    path = tmp_path / "enrolled.skops"
    save_model(train(load_emodb_features("chroma"), make_pipeline("lda", speaker_norm="enrol"), folds=2), path)
    page = opened_page(model=path)
    assert "enrolled.skops" in shown(page)
    drop(page, clips[:1])
    assert "needs a few other clips of the same voice" in html(page)
    page.checkbox(key="same voice example").check().run()
    assert not page.exception
    assert "Probability of each emotion" in html(page)
    assert page.checkbox(key="same voice example").value


@pytest.mark.parametrize(("host", "titles"), [("127.0.0.1", 3), ("0.0.0.0", 2)])
def test_another_address_leaves_the_corpus_page_out(opened_page, host, titles):
    page = opened_page(_PAGES, host=host)
    menu = page.markdown[0].value
    assert ("corpus" in menu) == (titles == 3)
    assert len(menu.split()) == titles


def test_models_are_compared_and_one_is_trained_and_used_at_once(opened_page, clips, tmp_path):
    """On a table of this machine; the test waits for the jobs, as the page's timer does."""
    path = tmp_path / "part.parquet"
    whole = load_emodb_features()
    write_table(replace(whole, frame=whole.frame[whole.frame["speaker"].isin(["03", "08", "09"])]), path)
    page = opened_page(_BOTH)
    page.radio(key="which corpus").set_value("A folder or table on this machine").run()
    page.text_input(key="corpus path").set_value(str(tmp_path / "none")).run()
    assert "no such file or folder" in page.error[0].value
    page.text_input(key="corpus path").set_value(str(path)).run()
    page.multiselect(key="models").set_value(["lda", "logreg"]).run()
    after(page, "run")
    assert not page.exception
    assert page.subheader[0].value == "Leak audit: faults that could make the scores wrong"
    assert "logreg" in html(page)
    after(page, "train")
    assert "The first page now uses lda" in html(page)
    drop(page, clips[:1])
    assert "lda, trained on the corpus page" in shown(page)
    assert "usually" in html(page)
    assert "the clips that it was trained on" in html(page)
    page.button(key="run").click().run()
    job = page.session_state["prosody-ser"].job
    page.radio(key="which corpus").set_value(page.radio(key="which corpus").options[0]).run()
    job.wait()
    page.run()
    assert "Scores on held-out speakers" in shown(page)
    assert "Report" not in shown(page)  # the scores were of the other table


def test_a_folder_is_looked_through_and_measured(opened_page, tmp_path):
    for speaker, emotion in product(("ann", "bob"), ("happy", "sad")):
        write_wav(tmp_path / emotion / f"{speaker}_1.wav", speech_like(len(speaker + emotion)))
    page = opened_page(_BOTH)
    page.radio(key="which corpus").set_value("A folder or table on this machine").run()
    page.text_input(key="corpus path").set_value(str(tmp_path)).run()
    after(page, "look")
    assert "Survey of the folder" in shown(page)
    after(page, "measure")
    assert not page.exception
    assert "Feature table" in html(page)
    assert "no usable clip has the emotion neutral" in page.error[0].value.lower()


def after(page, key):
    """Press a button that starts a run, and see the page when the run is done."""
    page.button(key=key).click().run()
    page.session_state["prosody-ser"].job.wait()
    page.run()
