"""Listening: a stream gives the same predictions as the file, in bounded memory, and sound that is lost is counted."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import soundfile
from threadpoolctl import threadpool_limits

from prosody_ser import make_pipeline, save_model, train
from prosody_ser.errors import LiveError, ModelError, RecordingError
from prosody_ser.features import Job, measure_file
from prosody_ser.live import FileSource, Listener, Microphone
from prosody_ser.live.ring_buffer import Ring
from prosody_ser.live.smoothing import Smoother
from prosody_ser.live.speech_gate import Gate
from prosody_ser.prediction import predict_files
from prosody_ser.report.text.model.live import live_line, live_summary, live_view
from tests.support.command_line import assert_refused
from tests.support.processes import PATIENCE_S
from tests.support.schemas import validator
from tests.support.signals import RATE, speech_like, voice, write_wav
from tests.support.tables import random_table

SCHEMA = validator("live")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def model(synthetic_table):
    return train(synthetic_table, make_pipeline("svm"), risk=0.1, folds=4)


@pytest.fixture(scope="module")
def model_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m.skops"
    save_model(model, path)
    return path


def talk(rate=RATE, seconds=12.0):
    """Speech-like sound, a pause of 4 s in it, and a little noise everywhere."""
    rng = np.random.default_rng(3)
    parts = [speech_like(seed) for seed in range(3)]
    samples = np.concatenate([*parts, np.zeros(4 * RATE), *parts])[: round(seconds * RATE)]
    if rate != RATE:
        import soxr

        samples = soxr.resample(samples, RATE, rate)
    return samples + 1e-4 * rng.normal(size=samples.size)


class Given:
    """A source of samples, in blocks of any size; it waits for requests, or gives blocks at any time."""

    title = "given"
    overruns = 0

    def __init__(self, blocks, rate=RATE, waits=True, before=None, then=None):
        self.sample_rate_hz, self.waits = rate, waits
        self._blocks, self._before, self._then = blocks, before, then
        self.closed = threading.Event()

    def blocks(self):
        for block in self._blocks:
            if self._before:
                self._before()
            if self.closed.is_set():
                return
            yield block
        if self._then:
            self._then(self)

    def close(self):
        self.closed.set()


def cut(samples, size):
    return [samples[i : i + size] for i in range(0, samples.size, size)]


# ---- agreement


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [pytest.param(16000, 1, "PCM_16", marks=pytest.mark.thorough), (48000, 2, "PCM_24"), (44100, 1, "FLOAT")],
)
def test_a_stream_and_the_file_agree_to_the_bit(model, tmp_path, rate, channels, subtype):
    sound = talk(rate)
    if channels == 2:
        sound = np.column_stack([sound, 0.3 * np.roll(sound, 7)])
    path = tmp_path / "talk.wav"
    soundfile.write(path, sound, rate, subtype=subtype)
    job = Job(model.feature_set, channel="mean")
    n_measured = 0
    for window_s, hop_s in ((3.0, 0.5), (2.0, 0.37)):
        listener = Listener(model, FileSource(path, fast=True), window_s=window_s, hop_s=hop_s)
        for hop in listener.hops():
            if hop.features is None:
                continue
            n_measured += 1
            with threadpool_limits(1):  # as workers measure
                measured = measure_file(str(path), job, hop.start_s, hop.end_s)
                assert np.array_equal(measured.values, hop.features.to_numpy(), equal_nan=True)
                assert measured.facts["status"] == hop.status
                expected = model.probabilities(hop.features)[0]
            assert list(hop.prediction.probabilities.values()) == expected.tolist()
            assert list(hop.prediction.probabilities) == list(model.labels)
            assert hop.end_s - hop.start_s == pytest.approx(min(window_s, hop.end_s))
    assert n_measured > 20


def test_a_stream_gives_the_predictions_of_predict(model, tmp_path):
    """A file cut into segments of equal length gives every sixth window of its stream."""
    path = write_wav(tmp_path / "talk.wav", talk(seconds=15))
    predictions = predict_files(model, [path], segment="3").set_index(["start", "end"])
    hops = Listener(model, FileSource(path, fast=True)).hops()
    heard = {(hop.start_s, hop.end_s): hop.prediction for hop in hops if hop.prediction}
    both = [bounds for bounds in predictions.index if bounds in heard]
    assert len(both) >= 4
    for bounds in both:
        row = predictions.loc[bounds]
        assert row[["label", "confidence", "abstain"]].tolist() == list(vars(heard[bounds]).values())[:3]
        assert [row[f"p_{label}"] for label in model.labels] == list(heard[bounds].probabilities.values())


def test_the_default_model_can_be_listened_with(cli, tmp_path):
    write_wav(tmp_path / "talk.wav", talk(seconds=3))
    done = cli("live", "--from", "talk.wav", "--fast", "--json")
    assert done.status == 0, done.err
    assert len(done.out.splitlines()) == 5


def test_pace_threads_and_block_size_change_nothing(model, tmp_path):
    sound = talk(seconds=5)
    path = write_wav(tmp_path / "talk.wav", sound, subtype="DOUBLE")
    expected = [m.json_line() for m in Listener(model, FileSource(path, fast=True)).hops()]
    assert len(expected) == 9
    for source in (
        Given(cut(sound, 1)),
        Given(cut(sound, 777), waits=False),
        Given([sound]),
        Given([sound], waits=False),
        FileSource(path),
    ):
        if isinstance(source, Given) and not source.waits:
            listener = Listener(model, source, slack_s=60)
        else:
            listener = Listener(model, source)
        assert [m.json_line() for m in listener.hops()] == expected


def test_a_file_at_its_own_pace_takes_its_time(model, tmp_path):
    path = write_wav(tmp_path / "talk.wav", talk(seconds=2.0))
    listener = Listener(model, FileSource(path))
    listener.warm_up()
    started = time.monotonic()
    times = [(m.end_s, time.monotonic() - started) for m in listener.hops()]
    assert [end for end, _ in times] == [1.0, 1.5, 2.0]
    assert all(at >= end - 0.06 for end, at in times)


# ---- predictions


def test_smoothing_is_an_exponential_mean_that_forgets_over_a_pause():
    smoother = Smoother(smooth_s=0.5 / np.log(2), window_s=3.0)  # half of it each 0.5 s
    a, b = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert smoother.add(a, 1.0).tolist() == [1, 0]
    assert smoother.add(b, 1.5) == pytest.approx([0.5, 0.5])
    assert smoother.add(b, 2.0) == pytest.approx([0.25, 0.75])
    assert smoother.add(a, 3.0) == pytest.approx([0.75 + 0.25 * 0.25, 0.25 * 0.75])  # 1 s later
    assert smoother.add(b, 6.01).tolist() == [0, 1]  # more than a window later
    assert Smoother(0, 3.0).add(b, 1.0).tolist() == [0, 1]


def test_labels_abstain_as_the_model_does(model, tmp_path):
    import dataclasses

    path = write_wav(tmp_path / "talk.wav", talk())
    for threshold in (0.0, 0.5, 1.1):
        strict = dataclasses.replace(model, threshold=threshold)
        listener = Listener(strict, FileSource(path, fast=True))
        hops = [m for m in listener.hops() if m.prediction]
        assert hops
        for prediction in (prediction for m in hops for prediction in (m.prediction, m.smoothed)):
            assert prediction.label == max(prediction.probabilities, key=prediction.probabilities.get)
            assert prediction.confidence == prediction.probabilities[prediction.label]
            assert prediction.abstain == (prediction.abstain_reason != "")
            assert prediction.abstain or prediction.confidence >= threshold
            assert threshold < 1 or prediction.abstain
        assert listener.summary.abstained == sum(m.smoothed.abstain for m in hops)
        assert listener.summary.labels.total() + listener.summary.abstained == len(hops)


def test_pitch_and_level_are_of_the_newest_sound(model):
    sound = np.concatenate([voice(120, 2.0, 0.1), voice(240, 2.0, 0.4)])
    sound[::1000] += 1e-5
    listener = Listener(model, Given(cut(sound, 800)))
    by_end = {m.end_s: m for m in listener.hops()}
    assert by_end[1.5].pitch_hz == pytest.approx(120, rel=0.01)
    assert by_end[4.0].pitch_hz == pytest.approx(240, rel=0.01)
    rms = np.sqrt(np.mean(voice(240, 0.5, 0.4) ** 2))
    assert by_end[4.0].level_db == pytest.approx(20 * np.log10(rms), abs=0.2)


# ---- the gate


def gate_over(samples, rate=RATE, window_s=3.0, hop_s=0.5):
    """Whether the gate is open at each hop."""
    gate, opened = Gate(rate), []
    for n, block in enumerate(cut(samples, round(hop_s * rate)), 1):
        gate.add(block)
        opened.append(gate.is_open(min(window_s, n * hop_s)))
    return np.array(opened)


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_gate_opens_for_speech_and_closes_after_it(rate):
    rng = np.random.default_rng(0)
    noise = 1e-3 * rng.normal(size=20 * rate)
    times_s = np.arange(noise.size) / rate
    speech = (times_s > 8) & (times_s < 12) & (times_s % 0.3 < 0.2)
    opened = gate_over(noise + speech * 0.1 * np.sin(2 * np.pi * 150 * times_s), rate)
    ends_s = (np.arange(opened.size) + 1) * 0.5
    assert not opened[ends_s <= 8].any()
    assert opened[(ends_s >= 9) & (ends_s <= 12)].all()
    assert not opened[ends_s >= 13].any()


def test_gate_stays_closed_where_nobody_speaks():
    rng = np.random.default_rng(0)
    hum = 0.005 * np.sin(2 * np.pi * 50 * np.arange(20 * RATE) / RATE)
    for quiet in (np.zeros(20 * RATE), 1e-5 * rng.normal(size=20 * RATE), 3e-3 * rng.normal(size=20 * RATE), hum + 0.3):
        assert not gate_over(quiet).any()


def test_gate_opens_for_speech_without_a_pause():
    assert gate_over(np.concatenate([speech_like(i) for i in range(8)]))[1:].all()


def test_a_gate_does_not_care_how_sound_is_cut():
    sound = talk(44100, 6)
    whole, parts = Gate(44100), Gate(44100)
    whole.add(sound)
    for block in cut(sound, 1001):
        parts.add(block)
    assert parts.sound_s(3.0) == whole.sound_s(3.0)
    assert 0 < whole.sound_s(3.0)[0] < 3


def test_silence_is_not_measured(model):
    listener = Listener(model, Given(cut(1e-4 * np.random.default_rng(0).normal(size=10 * RATE), 800)))
    hops = list(listener.hops())
    assert {m.status for m in hops} == {"silence"}
    assert all(m.prediction is None and m.smoothed is None and m.features is None for m in hops)
    assert listener.summary.measured == 0


def test_samples_that_are_not_finite_are_reported(model):
    sound = talk(seconds=8)
    sound[5 * RATE] = np.nan
    listener = Listener(model, Given(cut(sound, 800)))
    hops = list(listener.hops())
    assert {m.status for m in hops if m.start_s <= 5 < m.end_s} == {"non_finite"}
    assert listener.summary.failed["non_finite"] == 6
    assert hops[3].status == "ok"
    for hop in hops:
        SCHEMA.validate(json.loads(hop.json_line()))


# ---- memory and overruns


def test_ring_keeps_the_newest_and_counts_what_was_lost():
    ring = Ring(10)
    ring.write(np.arange(8.0))
    assert ring.read(2, 8).tolist() == [2, 3, 4, 5, 6, 7]
    with pytest.raises(ValueError, match="the last 1 of these samples have not been written"):
        ring.read(2, 9)
    ring.seen(3)
    ring.write(np.arange(8.0, 15.0))
    assert ring.oldest == 5
    assert ring.lost == 2  # 3 and 4
    assert ring.read(4, 6) is None
    assert ring.read(5, 15).tolist() == list(range(5, 15))
    ring.write(np.arange(15.0, 48.0))
    assert ring.read(38, 48).tolist() == list(range(38, 48))
    assert ring.lost == 35
    assert ring.nbytes == 80


def test_an_overrun_drops_the_oldest_and_counts_it(model):
    """The whole stream arrives before the first window is read, so that only its end is still in the buffer."""
    sound = talk()
    listener = Listener(model, Given([sound], waits=False), slack_s=1.0)
    last = list(listener.hops())
    kept_s = 3.0 + 0.5 + 1.0
    assert last[0].start_s >= 12 - kept_s
    assert [m.end_s for m in last] == [10.5, 11.0, 11.5, 12.0]
    assert listener.summary.dropped_s == pytest.approx(12 - kept_s)
    assert last[-1].dropped_s == listener.summary.dropped_s
    assert listener.summary.skipped == 19  # windows that end at 1 s to 10 s
    assert listener.summary.hops == 4
    assert "7.5 s of sound and 19 windows" in live_summary(listener.summary)


def test_a_slow_listener_loses_sound_and_goes_on(model):
    """Sound arrives faster than it is analysed; each prediction still belongs to its own time."""
    sound = talk(seconds=12)
    asked = threading.Semaphore(0)
    source = Given(cut(sound, RATE // 10), waits=False, before=asked.acquire)
    listener = Listener(model, source, slack_s=1.0)
    hops = listener.hops()
    asked.release(11)
    first = next(hops)
    assert (first.end_s, first.dropped_s) == (1.0, 0.0)
    asked.release(79)  # 9 s have come; nothing is asked for meanwhile
    while listener._ring.written < 9 * RATE:
        time.sleep(0.01)
    late = next(hops)
    assert late.start_s == 4.5  # the oldest sample that is kept, 3 + 0.5 + 1 s before the newest
    assert late.dropped_s == pytest.approx(3.5)  # from 1.0 to 4.5
    rest = []
    for hop in hops:  # in time again
        rest.append(hop)
        asked.release(5)
    assert [m.end_s for m in rest] == [8.0, 8.5, 9.0, 9.5, 10.0, 10.5, 11.0, 11.5, 12.0]
    whole = {m.end_s: m for m in Listener(model, Given([sound])).hops()}
    for hop in (late, *rest):
        if hop.prediction:
            assert hop.prediction == whole[hop.end_s].prediction
    assert listener.summary.dropped_s == pytest.approx(3.5)


@pytest.mark.thorough
def test_an_hour_takes_no_more_memory_than_a_minute(model):
    """The same minute of noise with some speech, repeated."""
    rng = np.random.default_rng(0)
    minute = 1e-4 * rng.normal(size=60 * RATE)
    minute[20 * RATE : 20 * RATE + 2 * RATE] += talk(seconds=2)
    blocks = cut(minute, RATE // 5)

    def hours(n_minutes):
        for _ in range(n_minutes):
            yield from blocks

    def listen(n_minutes):
        listener = Listener(model, Given(hours(n_minutes)))
        held = set()
        for hop in listener.hops():
            held.add(listener.nbytes)
            assert hop.dropped_s == 0
        assert max(held) <= 8 * (3 + 0.5 + 5 + 0.1) * RATE + 8 * 3100
        return listener

    listen(1)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    listener = listen(60)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 20_000
    assert listener.summary.heard_s == pytest.approx(3600)
    assert listener.summary.hops == 7199
    assert 60 * 4 <= listener.summary.measured <= 60 * 8


# ---- how it ends


def test_a_source_that_fails_raises_after_the_hops_before(model):
    def gone(source):
        raise LiveError("microphone x: is gone (unplugged)")

    for waits in (True, False):
        listener = Listener(model, Given(cut(talk(seconds=3), 800), waits=waits, then=gone))
        with pytest.raises(LiveError, match="is gone"):
            list(listener.hops())
        assert listener.summary.hops == 5


def test_a_source_that_falls_silent_for_good_is_gone(model, monkeypatch):
    monkeypatch.setattr("prosody_ser.live.listener.GONE_AFTER_S", 0.3)
    source = Given(cut(talk(seconds=2), 800), waits=False, then=lambda source: source.closed.wait())
    listener = Listener(model, source)
    with pytest.raises(LiveError, match=r"given: no sound has arrived"):
        list(listener.hops())
    assert listener.summary.hops == 3
    assert source.closed.is_set()


def test_who_stops_listening_closes_the_source(model):
    source = Given(cut(talk(), 800), waits=False)
    hops = Listener(model, source).hops()
    next(hops)
    hops.close()
    assert source.closed.is_set()


def test_a_truncated_file_raises_after_the_hops_before(model, tmp_path):
    path = write_wav(tmp_path / "talk.wav", talk(seconds=4))
    os.truncate(path, path.stat().st_size // 2)
    for fast in (True, False):
        listener = Listener(model, FileSource(path, fast=fast))
        with pytest.raises(RecordingError, match=r"talk\.wav: only the first"):
            list(listener.hops())
        assert listener.summary.hops == 2  # a header's length short of 2 s


# ---- refusals


def test_models_that_cannot_follow(model, synthetic_table):
    with pytest.raises(ModelError, match="from tables only, not from recordings"):
        Listener(train(random_table(signal=1.0), make_pipeline("lda"), folds=2), Given([]))
    norm = train(synthetic_table, make_pipeline("lda", speaker_norm="speaker"), folds=2)
    with pytest.raises(LiveError, match="normalises each speaker"):
        Listener(norm, Given([]))
    import dataclasses

    other = dataclasses.replace(model, parameters=model.parameters | {"frame_step_s": 0.02})
    with pytest.raises(ModelError, match=r"frame_step_s = 0\.02"):
        Listener(other, Given([]))


@pytest.mark.parametrize(
    "options",
    [{"window_s": 0.5}, {"window_s": 31}, {"hop_s": 0.05}, {"hop_s": 4}, {"smooth_s": -1}, {"window_s": np.nan}],
)
def test_impossible_windows(model, options):
    with pytest.raises(LiveError, match=r"must be .* \(got "):
        Listener(model, Given([]), **options)


def test_without_sounddevice_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(LiveError, match=r"prosody-ser\[live\].*--from FILE"):
        Microphone()


# ---- the command


def test_json_lines(cli, model_file, tmp_path):
    write_wav(tmp_path / "talk.wav", talk())
    done = cli("live", model_file, "--from", "talk.wav", "--fast", "--json")
    assert done.status == 0, done.err
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert len(lines) == 23
    for line in lines:
        SCHEMA.validate(line)
        assert (line["label"] is None) == (line["status"] != "ok")
    assert {line["status"] for line in lines} == {"ok", "silence"}
    assert done.err.startswith("heard     0:00:12.0: 23 windows, ")


def test_lines(cli, model_file, tmp_path):
    write_wav(tmp_path / "talk.wav", talk())
    done = cli("live", model_file, "--from", "talk.wav", "--fast", "--hop", "1", "--smooth", "0")
    assert done.status == 0, done.err
    *lines, heard, _ = done.out.splitlines()
    assert len(lines) == 12
    assert "nobody speaks" in done.out
    assert heard.startswith("heard     0:00:12.0: 12 windows")


def test_refusals_of_the_command(cli, model_file, tmp_path):
    write_wav(tmp_path / "talk.wav", talk(seconds=1))
    (tmp_path / "text.wav").write_text("no sound")
    assert_refused(cli("live", model_file, "--from", "none.wav"), "none.wav: no such recording")
    assert_refused(cli("live", model_file, "--from", "text.wav"), "text.wav: not a recording")
    assert_refused(cli("live", "none.skops", "--from", "talk.wav"), "none.skops")
    assert_refused(cli("live", model_file, "--fast"), "--from FILE")
    assert_refused(cli("live", model_file, "--from", "talk.wav", "--device", "1"), "give only one")
    assert_refused(cli("live", model_file, "--from", "talk.wav", "--window", "99"), "(got 99 s)")


def test_a_file_shorter_than_a_window_is_reported(cli, model_file, tmp_path):
    write_wav(tmp_path / "talk.wav", talk(seconds=0.8))
    done = cli("live", model_file, "--from", "talk.wav", "--fast")
    assert done.status == 0
    assert done.out == "heard     0.8 s: shorter than the shortest window\n"


def started(model_file, path, *options):
    command = [sys.executable, "-m", "prosody_ser", "live", str(model_file), "--from", str(path), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("options", [pytest.param((), marks=pytest.mark.thorough), ("--json",)])
def test_ctrl_c_ends_it_with_a_summary(model_file, tmp_path, options):
    path = write_wav(tmp_path / "talk.wav", np.tile(talk(), 5))
    with started(model_file, path, *options) as process:
        process.stdout.readline()  # flushed: one has come while it still listens
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    summary = err if options else out
    assert "heard     0:00:" in summary
    assert "Traceback" not in err
    if options:
        for line in out.splitlines():
            json.loads(line)


def test_a_reader_that_leaves_ends_it(model_file, tmp_path):
    path = write_wav(tmp_path / "talk.wav", np.tile(talk(), 5))
    with started(model_file, path, "--fast", "--json") as process:
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert err.startswith("heard")
    assert "Traceback" not in err


# ---- the view


def drawn(renderable):
    from rich.console import Console

    console = Console(width=100, record=True, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(renderable)
    console.file.close()
    return console.export_text()


def test_view(model, tmp_path):
    path = write_wav(tmp_path / "talk.wav", talk())
    hops = list(Listener(model, FileSource(path, fast=True)).hops())
    title = "[bold]talk.wav[/bold], m.skops"  # a name is no markup
    assert "starting" in drawn(live_view(None, model.labels, title))
    for hop in hops:
        text = drawn(live_view(hop, model.labels, title, ("a note",)))
        assert title in text
        assert "a note" in text
        for label in model.labels:
            assert label in text
        lines = text.splitlines()
        assert len({len(line) for line in lines}) == 1  # the frame is whole
        assert len(lines) == len(drawn(live_view(hops[0], model.labels, title, ("a note",))).splitlines())
        if hop.smoothed is None:
            assert "nobody speaks" in text
        else:
            assert f"{hop.smoothed.confidence:.0%}" in text
            assert ("not sure" in text) == hop.smoothed.abstain
        assert "\n" not in live_line(hop)
