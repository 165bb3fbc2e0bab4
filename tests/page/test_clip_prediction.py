"""The page shows the same predictions as the command line; no recording stays on the disk."""

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from prosody_ser import default_model_path, load_model, predict_files
from prosody_ser.errors import ProtocolError
from prosody_ser.page.clip_prediction import predict_clip, predictions_file
from prosody_ser.page.clips import Clip, example_clips
from prosody_ser.page.models import enrolling_model
from prosody_ser.report.text.model.reasons import doubts_of, label_in_words
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.page.conftest import wav
from tests.support.folders import files_in
from tests.support.signals import speech_like


@pytest.fixture(scope="module")
def model():
    return load_model(default_model_path())


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """The folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_gives_the_predictions_of_predict_and_leaves_no_file(model, clips, disk, tmp_path_factory):
    predicted = predict_clip(model, clips[0])
    assert files_in(disk) == {}
    path = tmp_path_factory.mktemp("own") / "clip0.wav"
    path.write_bytes(clips[0].sound)
    expected = predict_files(model, path, jobs=0)
    assert predicted.prediction.drop(columns="file").equals(expected.drop(columns="file"))
    assert predicted.row["file"] == "clip0.wav"
    pushes = [tuple(part.rsplit(" ", 1)) for part in expected["reasons"][0].split(", ")]
    assert [(reason.family, f"{reason.push:+.1f}") for reason in predicted.reasons][: len(pushes)] == pushes
    assert predicted.picture.png.startswith(b"\x89PNG")
    assert "pitch" in predicted.picture.words
    assert "IntervalTier" in predicted.textgrid
    assert predicted.segments is None


def test_a_file_that_is_no_recording_gets_a_sentence_without_our_paths(model, clips, disk):
    predicted = predict_clip(model, clips[2])
    assert predicted.error.endswith(".")
    assert str(disk) not in predicted.error + predicted.row["error"]
    assert not predicted.player
    assert predicted.picture is None
    assert files_in(disk) == {}


def test_a_long_recording_is_also_heard_over_time(model):
    pause = np.zeros(16000)
    sound = np.concatenate([part for i in range(6) for part in (speech_like(i), pause)])
    predicted = predict_clip(model, Clip("long.wav", wav(sound)))
    assert len(predicted.segments) > 1
    assert predicted.timeline.words.count(" to ") == (predicted.segments["status"] == "ok").sum()
    assert predicted.textgrid.count("intervals [") >= 3 * len(predicted.segments)


def test_three_threads_at_once_hear_what_each_hears_alone(model, clips):
    sounds = [Clip(f"{i}.wav", wav(speech_like(i))) for i in range(3)]
    alone = [predict_clip(model, clip) for clip in sounds]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda clip: predict_clip(model, clip), sounds))
    for one, other in zip(alone, together, strict=True):
        assert one.prediction.equals(other.prediction)
        assert one.picture.png == other.picture.png
        assert one.reasons == other.reasons


def test_files_hold_every_recording_and_what_the_model_is_not_for(model, clips):
    predicted = [predict_clip(model, clip) for clip in clips]
    data = json.loads(predictions_file(model, predicted, ".json"))
    assert [row["file"] for row in data["predictions"]] == [clip.name for clip in clips]
    assert data["model"]["not_for"]
    assert predictions_file(model, predicted, ".csv").decode().count("\n") == 4


def test_clips_of_the_same_voice_move_the_answer(clips):
    in_use = enrolling_model()
    with pytest.raises(ProtocolError, match="a few enrolment clips"):
        predict_clip(in_use.model, clips[0])
    others = [Clip(f"{i}.wav", wav(speech_like(i))) for i in range(2, 5)]
    few, more = (predict_clip(in_use.model, clips[0], in_use.ranges, others[:n]) for n in (1, 3))
    assert few.row["p_anger"] != more.row["p_anger"]
    assert in_use.ranges.within_speaker
    assert all(reason.usual for reason in more.reasons if reason.feature)


def test_the_examples_are_of_one_synthetic_voice_and_say_so(model):
    made = example_clips()
    assert all(clip.synthetic for part in made.values() for clip in part)
    predicted = predict_clip(model, made["long"][0])
    assert len(predicted.segments) > 1
    assert SYNTHETIC_NOTICE.startswith("Synthetic")


def test_the_reason_for_abstaining_is_shown_where_the_model_gives_one():
    row = {"label": "anger", "confidence": 0.4, "abstain": True, "novelty": 0.2}
    assert label_in_words(row) == "not sure"
    assert "below 73\N{NO-BREAK SPACE}%" in doubts_of(row, 0.73)[0]
    assert label_in_words(row | {"abstain_reason": ""}) == "not sure"
    assert label_in_words(row | {"abstain_reason": "too short"}) == "not sure (too short)"
    beyond = row | {"abstain_reason": "too short"}
    assert doubts_of(beyond, 0.73) == ["The model is not sure: too short. Its best guess is anger."]
    close = row | {"abstain_reason": "two emotions are close"}
    assert doubts_of(close, 0.73)[0].endswith("anger, at 40\N{NO-BREAK SPACE}%.")
    assert label_in_words(row | {"abstain": False}) == "anger"
    assert doubts_of(row | {"abstain": False}, 0.73) == []
