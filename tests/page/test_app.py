"""The page's scripts, run as Streamlit runs them, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from prosody_ser import load_emodb_features, make_pipeline, save_model, train
from prosody_ser.page import models
from prosody_ser.page.settings import is_loopback, settings
from tests.support.project import ROOT

APP = ROOT / "prosody_ser" / "page" / "app.py"


@pytest.fixture
def told(monkeypatch):
    """What the command was told: ``told(model=..., host=...)``; gives the page as it opens."""

    def tell(**values):
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)
        models.given_model.cache_clear()
        return AppTest.from_file(str(APP), default_timeout=60).run()

    yield tell
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


def test_it_opens_with_what_the_model_is_and_is_not_for(told):
    page = told()
    assert not page.exception
    assert "EMO-DB" in shown(page)
    assert "Decisions about people" in shown(page)
    assert "What the model hears" not in shown(page)


def test_recordings_dropped_together_are_all_heard_and_the_bad_one_gets_a_sentence(told, clips):
    page = told()
    drop(page, clips)
    assert not page.exception
    assert all(clip.name in html(page) for clip in clips)
    assert "Probability of each emotion" in html(page)
    assert "usually" in html(page)
    assert 'alt="Waveform, spectrogram' in html(page)
    page.selectbox[0].select(2).run()
    assert page.error[0].value.endswith(".")
    page.button[0].click().run()
    assert "What the model hears" not in shown(page)


def test_a_model_that_normalises_speakers_asks_for_clips_of_the_same_voice(told, clips, tmp_path):
    path = tmp_path / "enrolled.skops"
    save_model(train(load_emodb_features("chroma"), make_pipeline("lda", speaker_norm="enrol"), folds=2), path)
    page = told(model=path)
    assert "enrolled.skops" in shown(page)
    drop(page, clips[:1])
    assert "says nothing without" in html(page)


def test_another_address_leaves_the_corpus_page_out(told):
    page = told(host="0.0.0.0")
    assert not page.exception
    with pytest.raises(ValueError, match="corpus"):
        page.switch_page("corpus")
