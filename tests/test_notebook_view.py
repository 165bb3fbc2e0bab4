"""Views in notebooks: names are always escaped, and notices are shown."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from prosody_ser import (
    FeatureTable,
    Predictions,
    compare,
    cross_corpus,
    default_model_path,
    evaluate,
    predict_files,
    read_audio,
    train,
)
from prosody_ser.notebook_view import MOST_ROWS
from prosody_ser.tables.feature_table import SYNTHETIC, SYNTHETIC_NOTICE
from tests.support.pipelines import quick_pipeline
from tests.support.signals import RATE, speech_like, write_wav
from tests.support.tables import acted_table

NASTY = "<script>alert('&\"')</script>"
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Checked(HTMLParser):
    """Checks that every element is closed, and collects the text."""

    def __init__(self, html):
        super().__init__()
        self.open, self.seen, self.text = [], set(), ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def named(seed=1, corpus="acted"):
    """A table whose emotions, speakers and corpus would be markup, of synthetic speech."""
    table = acted_table(seed=seed, rows_each=18, n_speakers=6, signal=1.0)
    frame = table.frame.assign(corpus=corpus)
    frame["emotion"], frame["speaker"] = frame["emotion"] + NASTY, frame["speaker"] + NASTY
    return FeatureTable(frame, table.feature_names)


@pytest.fixture(scope="module")
def shown():
    table, pipeline = named(), quick_pipeline("lda")
    result = evaluate(table, pipeline)
    made = {
        "table": table,
        "result": result,
        "comparison": compare([result, evaluate(table, quick_pipeline("logreg"))], [NASTY, "other"]),
        "cross": cross_corpus({NASTY: table, "two": named(seed=2, corpus="two")}, pipeline),
        "model": train(table, pipeline, result=result),
    }
    made["predictions"] = made["model"].predict(table)
    return made


@pytest.mark.parametrize("name", ["table", "result", "comparison", "cross", "model", "predictions"])
def test_names_stay_text_and_a_line_says_what_it_is(shown, name):
    view = Checked(shown[name]._repr_html_())
    assert view.seen == {"div", "style", "b", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"} | (
        view.seen & {"p"}
    )
    assert NASTY.lower() in view.text.lower()
    if name != "predictions":  # prints as any DataFrame
        assert re.fullmatch(r"<[A-Z]\w+.*>", repr(shown[name]))


def test_scores_are_shown_with_what_they_assume(shown):
    text = Checked(shown["result"]._repr_html_()).text
    data = shown["result"].data
    for part in (f"{data['uar']:.3f}", data["protocol"]["track_note"], data["protocol"]["split"], "of 6 speakers"):
        assert part in text
    assert f"{shown['model'].card['score']['uar']:.3f}" in Checked(shown["model"]._repr_html_()).text
    assert shown["model"].card["not_for"][0] in Checked(shown["model"]._repr_html_()).text


def test_synthetic_speech_says_so():
    table = named(corpus=SYNTHETIC)
    result = evaluate(table, quick_pipeline("lda"))
    for one in (table, result, train(table, quick_pipeline("lda"), result=result)):
        assert SYNTHETIC_NOTICE in Checked(one._repr_html_()).text


def test_a_table_counts_clips_by_emotion_and_speaker(shown):
    table = shown["table"]
    counts = table.frame.groupby(["emotion", "speaker"]).size()
    cells = re.findall(r"<td style[^>]*>(\d+)</td>", table._repr_html_())
    assert list(map(int, cells)) == counts.unstack(fill_value=0).to_numpy().ravel().tolist()
    many = FeatureTable(table.frame.assign(speaker=np.arange(len(table)).astype(str)), table.feature_names)
    assert len(many._repr_html_()) < 5000
    nobody = FeatureTable(table.frame.assign(emotion=""), table.feature_names)
    assert "108 rows because the emotion is not labelled" in Checked(nobody._repr_html_()).text


def test_predictions_show_failures_and_no_more_rows_than_can_be_read(tmp_path):
    paths = [write_wav(tmp_path / f"c{i}.wav", speech_like(i)) for i in range(2)]
    (tmp_path / "bad.wav").write_text("no sound")
    predictions = predict_files(default_model_path(), [*paths, tmp_path / "bad.wav"], jobs=0)
    text = Checked(predictions._repr_html_()).text
    assert all(shown in text for shown in ("unreadable", predictions["error"].iloc[2], predictions["reasons"].iloc[0]))
    many = Predictions(
        {"label": ["a"] * 50, "abstain": [True] * 50, "abstain_reason": ["too short"] * 50, "p_a": [1.0] * 50}
    )
    assert f"and {50 - MOST_ROWS} more rows" in Checked(many._repr_html_()).text
    assert "<table" in Predictions({"p_a": [1.0]})._repr_html_()


def test_a_recording_shows_where_its_speech_lies_and_holds_no_sound(tmp_path):
    silence = np.zeros(RATE // 2)
    path = write_wav(tmp_path / "clip.wav", np.concatenate([silence, speech_like(), silence]))
    audio = read_audio(path)
    html = audio._repr_html_()
    view = Checked(html)
    assert f"{audio.lead_s:.2f} to {audio.lead_s + audio.speech_s:.2f} s" in view.text
    assert "svg" in view.seen
    assert "audio/" not in html
    assert len(html) < 20_000
