"""Predictions agree with the model's row by row; bad recordings become rows with an error; timelines read back."""

import dataclasses
import io
import json
import re
import shutil

import numpy as np
import pandas as pd
import parselmouth
import pytest
import soundfile
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score
from threadpoolctl import threadpool_limits

from prosody_ser import (
    default_model_path,
    extract_table,
    load_model,
    make_pipeline,
    make_tuned_pipeline,
    predict_files,
    predict_signal,
    predict_table,
    save_model,
    train,
    tune,
)
from prosody_ser.datasets.corpora.emodb import EMOTIONS
from prosody_ser.errors import CorpusError, ModelError, ProtocolError, RecordingError
from prosody_ser.learn.classifiers.evidence import evidence_in_result
from prosody_ser.learn.classifiers.registry import MODELS
from prosody_ser.learn.inspection.fitted import linear_weights
from prosody_ser.learn.speakers.enrolment import enrolment_of, mark_enrolment, with_enrolment
from prosody_ser.model import read_card
from prosody_ser.model.answers import pushes
from prosody_ser.model.card import NOT_FOR
from prosody_ser.model.speakers import after_speakers
from prosody_ser.prediction.timeline import stretches_of
from tests.support.bad_recordings import MATRIX, is_a_sentence
from tests.support.command_line import assert_refused
from tests.support.pipelines import quick_pipeline
from tests.support.sequences import as_read
from tests.support.signals import RATE, speech_like, voice, write_wav
from tests.support.tables import acted_table, random_table

MODEL = load_model(default_model_path())
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A folder with four recordings and one file that is not a recording."""
    folder = tmp_path_factory.mktemp("clips")
    for i in range(4):
        write_wav(folder / "in" / f"c{i}.wav", speech_like(i) * (0.3 + 0.2 * i))
    (folder / "in" / "broken.wav").write_text("not a recording")
    return folder / "in"


@pytest.fixture(scope="module")
def normalised(synthetic_table):
    """One model for each way to normalise speakers."""
    return {
        norm: train(synthetic_table, make_pipeline("lda", speaker_norm=norm), folds=4, enrol_clips=3)
        for norm in ("speaker", "enrol")
    }


def test_a_clip_gets_what_the_model_says_of_its_row_in_the_table(synthetic, synthetic_table):
    made = train(synthetic_table, make_pipeline("lda"), folds=4)
    files = sorted(synthetic.glob("*.wav"))[:6]
    predictions = predict_files(made, files, jobs=1)
    row_of = {file: i for i, file in enumerate(synthetic_table.X.index.get_level_values("file"))}
    for path, row in zip(files, predictions.to_dict("records"), strict=True):
        X = synthetic_table.X.iloc[[row_of[path.name]]]
        expected = made.probabilities(X)[0]
        assert [row[f"p_{label}"] for label in made.labels] == expected.tolist()
        assert row["label"] == made.labels[expected.argmax()]
        assert row["confidence"] == expected.max()
        assert row["novelty"] == made.novelty.score(X)[0]
        assert (row["status"], row["error"], row["start"]) == ("ok", "", 0.0)


@pytest.mark.parametrize("name", MODELS)
def test_a_row_is_judged_the_same_whichever_others_are_asked_about(name):
    table = as_read(name, acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0))
    made = train(table, quick_pipeline(name), risk=0.3, folds=2)
    X = made.columns_of(table.X)
    if not MODELS[name].reads:
        X = X.mask(np.random.default_rng(0).random(X.shape) < 0.05)
    predictions = predict_table(made, X)
    pd.testing.assert_frame_equal(
        pd.concat([predict_table(made, X.iloc[[i]]) for i in range(12)]), predictions.iloc[:12]
    )
    sure = predictions["confidence"] >= made.threshold
    sure &= predictions["novelty"] <= made.limits.novelty
    assert (predictions["abstain"] == ~sure).all()
    assert ((predictions["abstain_reason"] == "") == sure).all()
    assert np.allclose(
        predictions.filter(regex="^p_"), made.probabilities(X), rtol=0, atol=1e-12 if not MODELS[name].network else 1e-5
    )


@pytest.mark.parametrize("name", ["lda", "logreg", "linear-svm"])
def test_reasons_of_linear_models_are_weights_times_departures_from_the_median(name, synthetic_table):
    made = train(synthetic_table, make_pipeline(name), folds=2)
    X = synthetic_table.X.iloc[:20]
    decided = made.probabilities(X).argmax(axis=1)
    contributions = pushes(made, made.pipeline, X, decided)
    weights = linear_weights(made.pipeline.steps[-1][1])
    centred = made.weights[0] * (weights - weights.mean(axis=0))
    medians = pd.DataFrame([made.pipeline.named_steps["impute"].statistics_], columns=X.columns)
    up_to = made.pipeline[:-1]
    departures = up_to.transform(X) - up_to.transform(medians)
    assert np.allclose(sum(contributions.values()), (departures * centred[decided]).sum(axis=1))
    logits = made.weights[0] * evidence_in_result(made.pipeline, pd.concat([X, medians]))[0]
    evidence = logits - logits.mean(axis=1, keepdims=True)
    assert np.allclose(sum(contributions.values()), (evidence[:-1] - evidence[-1])[np.arange(20), decided])


def test_reasons_name_the_family_that_decides(synthetic_table):
    """With all other families at their medians, the clip keeps its label."""
    made = train(synthetic_table, make_pipeline("lda"), folds=2)
    predictions = predict_table(made, synthetic_table.X.iloc[:30])
    assert predictions["reasons"].str.fullmatch(r"([a-z ]+ [+-]\d+\.\d(, |$)){1,3}").all()
    first = predictions["reasons"].str.extract(r"([+-][\d.]+)")[0].astype(float)
    assert (first > 0).mean() > 0.8


@pytest.mark.parametrize("jobs", [0, 2])
def test_every_bad_recording_has_a_row_and_the_others_go_on(tmp_path, jobs):
    for case, (make, _) in MATRIX.items():
        make(tmp_path / f"{case}.wav")
    paths = [tmp_path / f"{case}.wav" for case in MATRIX if case != "folder"]
    predictions = predict_files(MODEL, [*paths, tmp_path / "not there.wav"], jobs=jobs)
    assert predictions["status"].tolist() == [MATRIX[path.stem][1] for path in paths] + ["unreadable"]
    failed = predictions["status"] != "ok"
    assert predictions.loc[failed, "error"].map(is_a_sentence).all()
    for column in ("confidence", "novelty", "abstain", "p_anger"):
        assert (predictions[column].isna() == failed).all()
    assert (predictions.loc[failed, ["label", "reasons"]] == "").all(axis=None)
    assert set(predictions.loc[~failed, "label"]) <= set(MODEL.labels)


def test_files_folders_and_lists(cli, clips, monkeypatch):
    done = cli("predict", clips / "c1.wav", clips, "-o", "a.csv")
    assert done.status == 0, done.err
    rows = pd.read_csv(cli.folder / "a.csv", keep_default_na=False)
    names = [clips / name for name in ("c1.wav", "broken.wav", "c0.wav", "c1.wav", "c2.wav", "c3.wav")]
    assert rows["file"].tolist() == list(map(str, names))
    assert rows["status"].tolist() == ["ok", "unreadable", "ok", "ok", "ok", "ok"]
    assert rows.iloc[0].to_dict() == rows.iloc[3].to_dict()
    assert "6 rows:" in done.out
    assert "1 failed" in done.out
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{clips / 'c1.wav'}\n\n{clips}"))
    assert cli("predict", "-", "-o", "b.csv").status == 0
    assert (cli.folder / "a.csv").read_bytes() == (cli.folder / "b.csv").read_bytes()


def test_lists_that_are_none(cli, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a.wav\0b.wav\n"))
    assert_refused(cli("predict", "-"), "NUL")
    monkeypatch.setattr("sys.stdin", None)
    assert_refused(cli("predict", "-"), "no recording is named")


def test_in_this_process_and_in_another_numbers_are_the_same(synthetic):
    """Also with BLAS on several threads, which rounds differently."""
    files = sorted(synthetic.glob("*.wav"))[:8]
    with threadpool_limits(4):
        here = predict_files(MODEL, files, jobs=0)
    pd.testing.assert_frame_equal(here, predict_files(MODEL, files, jobs=1), check_exact=True)


def test_one_recording_and_a_model_by_their_paths(clips, tmp_path):
    """A single string is one path, not a list of letters; the model may also be given by its path."""
    path = str(clips / "c0.wav")
    expected = predict_files(MODEL, [path], jobs=0)
    for model in (MODEL, default_model_path(), str(default_model_path())):
        for named in (path, clips / "c0.wav", iter([path])):
            pd.testing.assert_frame_equal(predict_files(model, named, jobs=0), expected)
    X = MODEL.columns_of(extract_table(path, jobs=1, features="wide_v1").features_of([True]))
    pd.testing.assert_frame_equal(predict_table(default_model_path(), X), MODEL.predict(X))


def test_sound_in_memory_is_judged_as_in_a_file(clips, normalised):
    path = clips / "c1.wav"
    expected = predict_files(MODEL, path, jobs=0)
    samples, rate = soundfile.read(path)
    for sound in ((samples, rate), soundfile.read(path, dtype="int16"), (path.read_bytes(),)):
        predictions = predict_signal(MODEL, *sound)
        pd.testing.assert_frame_equal(
            predictions, expected[predictions.columns], check_dtype=False, check_frame_type=False
        )
    with pytest.raises(RecordingError, match="silent"):
        predict_signal(MODEL, np.zeros(RATE), RATE)
    enrolled = [clips / f"c{i}.wav" for i in (0, 2, 3)]
    expected = predict_files(normalised["enrol"], path, enrol=enrolled, jobs=0)
    predictions = predict_signal(normalised["enrol"], samples, rate, enrol=enrolled)
    assert predictions["confidence"].tolist() == expected["confidence"].tolist()
    with pytest.raises(ProtocolError, match="single clip"):
        predict_signal(normalised["speaker"], samples, rate)


def test_a_table_is_judged_where_it_was_measured_labelled_or_not(clips):
    table = extract_table([clips / "c0.wav", clips / "broken.wav", clips / "c1.wav"], jobs=1, features="wide_v1")
    assert not table.usable.any()
    predictions = MODEL.predict(table)
    assert predictions.index.get_level_values("file").tolist() == [str(clips / "c0.wav"), str(clips / "c1.wav")]


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda X: predict_table(3, X), ModelError, "not 3"),
        (lambda X: predict_files(None, "a.wav"), ModelError, "not None"),
        (lambda X: predict_files("gone.skops", "a.wav"), ModelError, "gone.skops: no such model"),
        (lambda X: predict_files(MODEL, "a.wav", jobs=1.5), ProtocolError, "got 1.5"),
        (lambda X: predict_files(MODEL, [3]), CorpusError, "3 is not a path"),
        (lambda X: MODEL.predict(X.to_numpy()), ModelError, "X must be a DataFrame .*, not a ndarray"),
        (lambda X: MODEL.predict(X.iloc[:, 1:]), ModelError, "lacks features"),
        (lambda X: predict_signal(MODEL, voice()), RecordingError, "sample_rate_hz is missing"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(call, error, says):
    X = pd.DataFrame(0.0, index=["a"], columns=list(MODEL.features))
    with pytest.raises(error, match=says) as refused:
        call(X)
    assert "\n" not in str(refused.value)


def test_json_says_what_csv_says_and_of_which_model(cli, clips):
    assert cli("predict", clips, "-o", "a.json").status == 0
    assert cli("predict", default_model_path(), clips, "-o", "a.csv").status == 0
    data = json.loads((cli.folder / "a.json").read_text())
    rows = pd.read_csv(cli.folder / "a.csv")
    assert data["model"]["corpora"] == ["emodb"]
    assert data["model"]["not_for"] == list(NOT_FOR)
    json_rows = pd.DataFrame(data["predictions"])
    assert json_rows.columns.tolist() == rows.columns.tolist()
    assert np.allclose(json_rows["confidence"].astype(float), rows["confidence"], equal_nan=True)
    assert json_rows["abstain"][0] is None
    assert isinstance(json_rows["abstain"][1], bool)


def test_statuses_of_the_command(cli, clips):
    assert cli("predict", clips).status == 0
    assert cli("predict", clips, "--strict").status == 2
    assert cli("predict", clips / "c0.wav", "--strict").status == 0
    (cli.folder / "empty.wav").touch()
    none = cli("predict", clips / "broken.wav", cli.folder / "empty.wav", "-o", "a.csv")
    assert none.status == 2
    assert "none of the 2 recordings could be measured" in none.err
    assert len(pd.read_csv(cli.folder / "a.csv")) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.skops", "b.skops", "c.wav"], "two models are named"),
        (["a.skops"], "no recording is named"),
        (["a.wav", "-o", "a.txt"], "must end in .csv, .json or .html"),
        (["a.wav", "-o", "a.wav"], "must end in .csv, .json or .html"),
        (["a.wav", "--timeline", "a.vtt"], "need segments"),
        (["a.wav", "b.wav", "--segment", "2", "--timeline", "a.vtt"], "need exactly one recording, but 2 are named"),
        (["a.wav", "--segment", "2", "--timeline", "a.srt"], ".csv, .TextGrid or .vtt"),
        (["a.wav", "--segment", "x"], "invalid segment length 'x'"),
        (["none.skops", "a.wav"], "no such model"),
        (["empty"], "no recordings found"),
        (["a.wav", "--enrol", "empty"], "enrolment would change nothing"),
    ],
)
def test_what_cannot_be_done_is_one_line(cli, arguments, says):
    (cli.folder / "empty").mkdir()
    for name in ("a.wav", "b.wav"):
        (cli.folder / name).touch()
    done = cli("predict", *arguments)
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert says in done.err
    assert {path.name for path in cli.folder.iterdir()} == {"empty", "a.wav", "b.wav"}


def test_a_model_of_other_measuring_is_refused_or_warned_of(clips):
    with pytest.raises(ModelError, match="measured with n_mels = 41, but this release uses 40"):
        predict_files(dataclasses.replace(MODEL, parameters=MODEL.parameters | {"n_mels": 41}), [clips])
    with pytest.raises(ModelError, match="predict from tables only, not from recordings"):
        predict_files(dataclasses.replace(MODEL, feature_set=""), [clips])
    versions = MODEL.card["features"]["versions"] | {"praat": "5.0", "python": "2.7"}
    card = MODEL.card | {"features": MODEL.card["features"] | {"versions": versions}}
    notes = []
    predict_files(
        dataclasses.replace(MODEL, card=card), [clips / "c0.wav", clips / "c1.wav"], jobs=0, on_note=notes.append
    )
    assert len(notes) == 1
    assert "(the model's: 5.0)" in notes[0]
    assert "python" not in notes[0]


def test_a_synthetic_model_says_so_everywhere(cli, clips, normalised):
    save_model(normalised["speaker"], cli.folder / "m.skops")
    arguments = ("predict", "m.skops", clips / "c0.wav", "--segment", "1", "--enrol", clips)
    for out in ("a.csv", "a.json"):
        done = cli(*arguments, "-o", out, "--timeline", f"{out}.vtt", "--plot", f"{out}.svg")
        assert done.status == 0, done.err
        for text in (done.out, (cli.folder / out).read_text(), (cli.folder / f"{out}.vtt").read_text()):
            assert "Synthetic speech" in text
    assert cli(*arguments, "--timeline", "a.TextGrid").status == 0
    assert "Synthetic speech" in (cli.folder / "a.TextGrid").read_text()


# Enrolment


def speaker_of(table, name="synthetic_f1"):
    speakers = table.X.index.get_level_values("speaker")
    return table.X[speakers == (name if name in set(speakers) else speakers[0])]


def test_enrolment_is_the_evaluations(normalised, synthetic_table):
    """A new speaker's rows are transformed as in an evaluation whose pipeline was fitted on the other speakers."""
    clips_of_speaker = speaker_of(synthetic_table)
    X = mark_enrolment(synthetic_table.X, 3)
    test = X.index.get_level_values("speaker") == clips_of_speaker.index.get_level_values("speaker")[0]
    pipeline = make_pipeline("lda", speaker_norm="enrol")
    fitted = clone(pipeline).fit(X[~test], synthetic_table.y[~test])
    part = X[test]
    others = dataclasses.replace(synthetic_table, frame=synthetic_table.frame[~test])
    made = train(others, pipeline, folds=2, enrol_clips=3)
    predictions = predict_table(made, part)
    assert len(predictions) == len(part) - 3
    assert np.array_equal(predictions["label"], fitted.predict(part)[~enrolment_of(part)])
    values, _ = after_speakers(made, part)
    expected = fitted.named_steps["speaker_norm"].transform(part)[~enrolment_of(part)]
    assert np.allclose(values, expected, rtol=0, atol=1e-9, equal_nan=True)


def test_a_row_does_not_depend_on_the_others_where_clips_enrol_the_speaker(normalised, synthetic_table):
    clips_of_speaker = speaker_of(synthetic_table)
    enrolled, judged = clips_of_speaker.iloc[:6], clips_of_speaker.iloc[6:16]
    for made in normalised.values():
        together = predict_table(made, with_enrolment(judged, enrolled))
        alone = [predict_table(made, with_enrolment(judged.iloc[[i]], enrolled)) for i in range(len(judged))]
        pd.testing.assert_frame_equal(together, pd.concat(alone))
        other = predict_table(made, with_enrolment(judged, clips_of_speaker.iloc[20:26]))
        assert not np.allclose(other["confidence"].to_numpy(), together["confidence"].to_numpy())
    # with all clips: these and the one asked about, through the same transformer
    step = normalised["speaker"].pipeline.named_steps["speaker_norm"]
    values, _ = after_speakers(normalised["speaker"], with_enrolment(judged, enrolled))
    expected = step.transform(pd.concat([enrolled, judged.iloc[[0]]]))[-1]
    assert np.array_equal(values[0], expected, equal_nan=True)


def test_enrolment_on_the_command_line(cli, synthetic, synthetic_table, normalised):
    files = sorted(synthetic.glob("synthetic_f1_*.wav"))
    enrolment_folder = cli.folder / "own"
    enrolment_folder.mkdir()
    for file in files[:4]:
        shutil.copy(file, enrolment_folder)
    (enrolment_folder / "x.wav").write_text("not a recording")
    predictions = {}
    for norm, what in (("speaker", "these clips and the clip itself"), ("enrol", "these clips only")):
        save_model(normalised[norm], cli.folder / "m.skops")
        done = cli("predict", "m.skops", *files[4:8], "--enrol", "own", "-o", "a.csv", "--force")
        assert done.status == 0, done.err
        assert f"normalised by 4 clips of own (1 could not be measured), using {what}" in done.err
        assert "five or more clips of mixed emotions" in done.err
        predictions[norm] = pd.read_csv(cli.folder / "a.csv")
        X = synthetic_table.X.loc[[file.name for file in files[:8]]]
        expected = predict_table(normalised[norm], with_enrolment(X.iloc[4:], X.iloc[:4]))
        assert np.array_equal(predictions[norm]["confidence"], expected["confidence"])
    refused = cli("predict", "m.skops", files[0])
    assert refused.status == 2
    assert "--enrol FOLDER" in refused.err
    done = cli("predict", "m.skops", files[0], "--enrol", "own")
    assert "synthetic_f1_" in done.err
    assert ": this clip is judged itself, so it is not used for enrolment" in done.err
    assert "normalised by 3 clips of own" in done.err
    refused = cli("predict", "m.skops", files[0], "--enrol", enrolment_folder / "x.wav")
    assert refused.status == 2
    assert "the only enrolment clip could not be measured" in refused.err


def test_without_enrolment_all_clips_are_one_speakers(cli, synthetic, synthetic_table, normalised):
    files = sorted(synthetic.glob("synthetic_f1_*.wav"))[:5]
    save_model(normalised["speaker"], cli.folder / "m.skops")
    done = cli("predict", "m.skops", *files, "-o", "a.csv")
    assert "all 5 clips are taken as one speaker" in done.err
    X = synthetic_table.X.loc[[file.name for file in files]]
    assert np.array_equal(
        pd.read_csv(cli.folder / "a.csv")["confidence"], predict_table(normalised["speaker"], X)["confidence"]
    )
    refused = cli("predict", "m.skops", files[0])
    assert refused.status == 2
    assert "one clip is too few" in refused.err
    assert "none.wav: no such recording" in cli("predict", "m.skops", files[0], "none.wav").err
    assert "are taken as one" not in cli("predict", "m.skops", "none.wav", "other.wav").err


def test_enrolled_models_come_back_from_their_file(tmp_path, normalised, synthetic_table):
    clips_of_speaker = speaker_of(synthetic_table)
    X = with_enrolment(clips_of_speaker.iloc[6:], clips_of_speaker.iloc[:6])
    for norm, made in normalised.items():
        save_model(made, tmp_path / "m.skops")
        pd.testing.assert_frame_equal(predict_table(load_model(tmp_path / "m.skops"), X), predict_table(made, X))
        assert made.card["model"]["track"] == {"speaker": "speaker-normalised", "enrol": "enrolled"}[norm]
    with pytest.raises(ProtocolError, match="marks no enrolment clips"):
        predict_table(normalised["enrol"], clips_of_speaker)


# Timelines


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """Path of a recording with a long silence between two parts with speech."""
    folder = tmp_path_factory.mktemp("long")
    noise = 1e-4 * np.random.default_rng(0).normal(size=3 * RATE)
    parts = [speech_like(1), np.zeros(4 * RATE), speech_like(2), noise, voice(200, 2.0), np.zeros(RATE // 2)]
    return write_wav(folder / 'a "long" <one> & more.wav', np.concatenate(parts))


@pytest.mark.praat
def test_timelines_read_back(cli, long):
    """Praat reads the TextGrid, the captions follow the WebVTT grammar, and pandas reads the rows."""
    for segment in ("2", "vad"):
        for out in ("t.TextGrid", "t.vtt", "t.csv"):
            done = cli("predict", long, "--segment", segment, "--timeline", out, "-o", "rows.csv", "--force")
            assert done.status == 0, done.err
        rows = pd.read_csv(cli.folder / "rows.csv")
        segments = list(stretches_of(rows).itertuples())
        grid = parselmouth.read(str(cli.folder / "t.TextGrid"))
        assert parselmouth.praat.call(grid, "Get end time") == parselmouth.Sound(str(long)).duration
        n = int(parselmouth.praat.call(grid, "Get number of intervals", 1))
        intervals = []
        for i in range(1, n + 1):
            text = parselmouth.praat.call(grid, "Get label of interval", 1, i)
            edges = [parselmouth.praat.call(grid, f"Get {end} time of interval", 1, i) for end in ("start", "end")]
            if text:
                intervals.append((*edges, text))
        expected = [(s.start, s.end, f"({s.label})" if s.abstain else s.label) for s in segments]
        assert intervals == expected
        names = [parselmouth.praat.call(grid, "Get tier name", tier) for tier in (1, 2, 3)]
        assert names == ["emotion", "confidence", "novelty"]
        cues = read_webvtt((cli.folder / "t.vtt").read_text())
        assert [(start, end) for start, end, _ in cues] == [(round(s.start, 3), round(s.end, 3)) for s in segments]
        assert [text.split()[0] for *_, text in cues] == [s.label for s in segments]
        table = pd.read_csv(cli.folder / "t.csv")
        pd.testing.assert_frame_equal(table, rows.drop(columns=["file", "reasons"]))


def read_webvtt(text):
    """Cues of a WebVTT file, checked against the parts of the W3C's grammar (section 4.1) that are used here."""
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    clock = r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})"
    cues = []
    for block in blocks:
        match = re.fullmatch(rf"{clock} --> {clock}\n([^\n<>&]|&(?:amp|lt|gt);)+", block)
        assert match, block
        start, end = (
            (int(h) * 3_600_000 + int(m) * 60_000 + int(s) * 1000 + int(ms)) / 1000
            for h, m, s, ms in (match.groups()[0:4], match.groups()[4:8])
        )
        assert start < end
        assert not cues or start >= cues[-1][0]
        cues.append((start, end, block.partition("\n")[2]))
    return cues


@pytest.mark.praat
def test_a_recording_without_sound_has_a_timeline_too(cli):
    write_wav(cli.folder / "silent.wav", np.zeros(RATE * 3))
    for out in ("t.TextGrid", "t.vtt"):
        done = cli("predict", "silent.wav", "--segment", "1", "--timeline", out, "--plot", "p.png", "--force")
        assert done.status == 2
        assert "silent" in done.err + done.out
    grid = parselmouth.read(str(cli.folder / "t.TextGrid"))
    assert parselmouth.praat.call(grid, "Get number of intervals", 1) == 1
    assert (cli.folder / "t.vtt").read_text() == "WEBVTT\n"


def test_the_picture_shows_what_the_rows_say(long):
    from prosody_ser.plots.timeline import timeline_figure

    predictions = predict_files(MODEL, [long], segment="1", jobs=1)
    done = predictions[predictions["status"] == "ok"]
    figure = timeline_figure(predictions, MODEL.labels, MODEL.threshold, "$title$", "a notice")
    _, upper, lower = figure.axes
    legend = [text.get_text() for text in upper.get_legend().get_texts()]
    assert sorted(legend) == sorted([*MODEL.labels, "the model abstains"])
    assert [entry for entry in legend if entry in MODEL.labels] == list(MODEL.labels)[::-1]
    line = next(line for line in lower.lines if line.get_label() == "confidence")
    assert np.array_equal(line.get_ydata()[::3], done["confidence"])
    assert np.array_equal(line.get_xdata()[::3], done["start"])
    assert f"abstains ({int(done['abstain'].sum())} of {len(done)} segments)" in figure.get_supxlabel().replace(
        "\n", " "
    )


# The default model


def test_the_default_models_card_says_what_it_must():
    card = read_card(default_model_path())
    assert default_model_path().stat().st_size < 1_000_000
    assert card["model"]["type"] == "LinearDiscriminantAnalysis"  # no clip is in it
    assert card["training"]["n_speakers"] == 10
    assert card["training"]["n_clips"] == 535
    assert card["training"]["languages"] == ["de"]
    corpus = card["training"]["corpora"][0]
    assert corpus["name"] == "emodb"
    assert "CC0" in corpus["licence"]
    assert "Burkhardt" in corpus["citation"]
    assert any("acted" in note.lower() and "German" in note for note in card["notes"])
    assert set(card["not_for"]) >= set(NOT_FOR)
    assert card["score"]["split"] == "leave one speaker out"
    assert card["score"]["intervals"]
    assert card["abstain"]["risk"] == 0.1
    assert card["abstain"]["reached"]
    assert MODEL.card == card


def test_the_default_model_knows_german_acted_speech(emodb):
    """Training clips, read, measured and judged again, mostly get their label."""
    files = sorted(emodb.glob("*.wav"))[::9]
    predictions = predict_files(MODEL, files, jobs=2)
    assert balanced_accuracy_score([EMOTIONS[file.stem[5]] for file in files], predictions["label"]) > 0.8
    assert predictions["novelty"].median() < 0.6


def test_without_a_model_its_card_is_the_default_models(cli):
    shown = cli("model", "show")
    assert shown.status == 0
    assert "EMO-DB" in shown.out
    assert shown.out == cli("model", "show", default_model_path()).out


# Training from tune


def test_a_result_of_tune_gives_its_parameters_and_its_score(cli, tmp_path):
    table = acted_table(n_speakers=4, rows_each=20, n_features=4, signal=1.0)
    pipeline = make_tuned_pipeline("logreg", space="small", inner_folds=2)
    result, final = tune(table, pipeline, folds=2)
    made = train(table, pipeline, result=result)
    assert made.card["score"]["uar"] == result.uar
    assert made.pipeline.steps[-1][1].coef_ == pytest.approx(final.best_estimator_.steps[-1][1].coef_)
    from prosody_ser import write_table

    write_table(table, cli.folder / "t.csv")
    tuned = ("--model", "logreg", "--inner-folds", "2", "--folds", "2", "--select", "kbest")
    assert cli("tune", "t.csv", *tuned).status == 0
    done = cli("train", "t.csv", "--model", "logreg", "--select", "kbest", "--result", "result.json")
    assert done.status == 0, done.err
    assert "searched on inner folds" in done.out
    other = cli("train", "t.csv", "--model", "logreg", "--result", "result.json", "--force")
    assert other.status == 2
    assert "another pipeline" in other.err


def test_lists_of_nothing():
    with pytest.raises(CorpusError, match="no recording or folder was given"):
        predict_files(MODEL, [])


def test_a_recording_that_cannot_be_read_replaces_no_timeline(cli):
    for name in ("keep.TextGrid", "keep.png"):
        (cli.folder / name).write_text("mine")
    (cli.folder / "typo.wav").write_text("not a recording")
    done = cli("predict", "typo.wav", "--segment", "2", "--timeline", "keep.TextGrid", "--plot", "keep.png")
    assert_refused(done, "keep.TextGrid: the file exists already")
    done = cli("predict", "typo.wav", "--segment", "2", "--timeline", "keep.TextGrid", "--plot", "keep.png", "--force")
    assert done.status == 2
    assert all((cli.folder / name).read_text() == "mine" for name in ("keep.TextGrid", "keep.png"))


# A model in one command, and what a command says of itself


@pytest.fixture(scope="module")
def few_clips(synthetic, tmp_path_factory):
    """Forty clips of the built-in corpus: eight speakers, five emotions."""
    folder = tmp_path_factory.mktemp("few")
    for path in (*synthetic.glob("*_s1_t1.wav"), synthetic / "SYNTHETIC.txt"):
        shutil.copy(path, folder)
    return folder


def test_a_folder_is_measured_and_trained_on(cli, few_clips):
    done = cli("train", few_clips, "--model", "lda", "--folds", "2", "-o", "mine.skops")
    assert done.status == 0, done.err
    assert f"{few_clips} (prosody_v1, 40 recordings measured)" in done.out + done.err
    by_folder = read_card(cli.folder / "mine.skops")
    assert cli("extract", few_clips, "t.csv").status == 0
    assert cli("train", "t.csv", "--model", "lda", "--folds", "2", "-o", "table.skops").status == 0
    assert read_card(cli.folder / "table.skops") == by_folder
    assert cli("predict", "mine.skops", few_clips / next(few_clips.glob("*.wav")).name).status == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("{few}", "--model", "lstm"), "needs a table of frames, not a folder"),
        (("{few}", "--features", "f0"), "can be used with a table only"),
        (("t.csv", "--set", "full_v1"), "--set can be used with a folder"),
        (("{few}", "--set", "none_v1"), "none_v1"),
    ],
)
def test_options_that_do_not_apply_to_a_folder_are_refused(cli, few_clips, options, says):
    (cli.folder / "t.csv").write_text("file,emotion\n")
    done = cli("train", *(str(few_clips) if option == "{few}" else option for option in options))
    assert done.status == 2
    assert says in done.err
    assert done.err.count("\n") == 1


def test_a_model_that_never_answers_says_so_at_once(cli):
    from prosody_ser import write_table

    write_table(random_table(n_rows=300, seed=5), cli.folder / "t.csv")
    done = cli("train", "t.csv", "--model", "logreg", "--folds", "2", "--risk", "0")
    assert done.status == 0
    assert "This model never gives a label: no confidence reaches the stated risk of 0.0%." in done.err
    shares = r"\d+\.\d% of the labels are wrong if only the surest 25% of the clips get one; \d+\.\d% of .* surest 50% "
    assert re.search(shares, done.err)
    assert done.out.index("This model never gives a label") < done.out.index("Training data")


def test_a_note_recommends_cutting_a_long_recording(tmp_path):
    notes = []
    path = write_wav(tmp_path / "long.wav", np.tile(voice(), 40)[: 12 * RATE])
    predictions = predict_files(MODEL, path, jobs=0, on_note=notes.append)
    assert predictions["abstain"].all()
    assert any("judged as one clip" in note and "--segment vad" in note for note in notes), notes
    notes.clear()
    predict_files(MODEL, path, segment="3", jobs=0, on_note=notes.append)
    assert not any("judged as one clip" in note for note in notes)
