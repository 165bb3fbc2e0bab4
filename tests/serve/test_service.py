"""The service from the client's side: it answers as the library does, reports errors clearly, and leaves no files."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from prosody_ser import default_model_path, load_model, measure_signal, predict_files
from prosody_ser.catalogue import feature_set
from prosody_ser.prediction.writing import predictions_document
from prosody_ser.serve.limits import Limits
from prosody_ser.serve.problems import MEDIA_TYPE
from prosody_ser.serve.run import serve
from tests.support.bad_recordings import BAD, is_a_sentence
from tests.support.command_line import assert_refused
from tests.support.processes import PATIENCE_S, gone, until
from tests.support.service import Asking, family, held, serving
from tests.support.signals import RATE, speech_like, write_wav

DEFAULT = load_model(default_model_path())


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    how = ("--workers", 1, "--max-mb", 1, "--max-seconds", 20)
    with serving(*how, temporary=tmp_path_factory.mktemp("temporary")) as started:
        yield started


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Recordings by name, as bytes."""
    folder = tmp_path_factory.mktemp("clips")
    talk = np.concatenate([speech_like(1), np.zeros(RATE), speech_like(2)])
    for name, samples in {"one.wav": speech_like(0), "two.flac": speech_like(1), "schön 語.wav": talk}.items():
        write_wav(folder / name, samples)
    return folder


def content(folder, name):
    return (folder / name).read_bytes()


def problem(answer, status):
    """Check that a response is a problem with this status, and give its content."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert is_a_sentence(body["detail"])
    return body


def expected(folder, names, **how):
    """The predictions of the library for the same files, as JSON."""
    notes = []
    model = load_model(default_model_path())
    predictions = predict_files(model, [folder / name for name in names], jobs=0, on_note=notes.append, **how)
    predictions["file"] = [os.path.basename(name) for name in predictions["file"]]
    notes = [note.replace(f"{folder}{os.sep}", "") for note in notes]
    return json.loads(json.dumps(predictions_document(predictions, model.card, tuple(notes))))


# ---- answers


@pytest.mark.parametrize("segment", [None, "vad", "1"])
def test_predictions_are_the_librarys_own(service, clips, segment):
    names = sorted(path.name for path in clips.iterdir())
    files = [("file", (name, content(clips, name), "text/plain")) for name in names]  # nobody believes that
    answer = service.client.post("/predict", files=files, params={"segment": segment} if segment else {})
    assert answer.status_code == 200, answer.text
    assert answer.json() == expected(clips, names, segment=segment)


def test_a_body_is_a_recording(service, clips):
    for header in ("audio/wav", "application/x-www-form-urlencoded", "text/html"):
        answer = service.client.post("/predict", content=content(clips, "one.wav"), headers={"content-type": header})
        assert answer.status_code == 200
        predictions = expected(clips, ["one.wav"])
        predictions["predictions"][0]["file"] = "recording"
        assert answer.json() == predictions


def test_what_cannot_be_measured_is_a_row_beside_what_can(service, clips):
    files = [("file", ("one.wav", content(clips, "one.wav"))), ("file", ("notes.wav", b"not a recording"))]
    rows = service.client.post("/predict", files=files).json()["predictions"]
    assert [(row["file"], row["status"]) for row in rows] == [("one.wav", "ok"), ("notes.wav", "unreadable")]
    assert "/proc" not in rows[1]["error"]
    rows = service.client.post("/features", files=files).json()["recordings"]
    assert [row["status"] for row in rows] == ["ok", "unreadable"]
    assert rows[1]["values"] is None


@pytest.mark.parametrize("name", [None, "full_v1"])
def test_features_are_the_librarys_own(service, clips, name):
    answer = service.client.post(
        "/features", content=content(clips, "one.wav"), params={"set": name} if name else {}
    ).json()
    values = measure_signal(content(clips, "one.wav"), features=name or DEFAULT.feature_set)
    assert answer["feature_set"] == (name or DEFAULT.feature_set)
    units = {feature.name: feature.unit for feature in feature_set(name or DEFAULT.feature_set)}
    if name is None:
        units = {feature: units[feature] for feature in DEFAULT.features}
    assert answer["units"] == units
    (row,) = answer["recordings"]
    assert row["values"] == {key: None if np.isnan(values[key]) else values[key] for key in units}


def test_the_model_and_its_health(service):
    assert service.client.get("/model").json() == json.loads(json.dumps(DEFAULT.card))
    health = service.client.get("/health").json()
    assert (health["status"], health["workers"], health["requests"]) == ("ok", 1, 0)


# ---- what is wrong


@pytest.mark.parametrize("case", [case for case in BAD if "folder" not in case and "link" not in case])
def test_bad_recordings_are_the_clients_fault(service, tmp_path, case):
    make, status = BAD[case]
    make(tmp_path / "bad.wav")
    answer = service.client.post("/predict", files={"file": ("bad.wav", content(tmp_path, "bad.wav"))})
    body = problem(answer, 415 if status == "unreadable" else 422)
    assert [error["status"] for error in body["errors"]] == [status]
    assert body["detail"] == f"bad.wav: {body['errors'][0]['error']}"


def sound(seconds):
    return np.random.default_rng(0).normal(scale=0.1, size=round(seconds * RATE))


def as_file(samples, **options):
    import io

    file = io.BytesIO()
    soundfile.write(file, samples, RATE, **({"format": "WAV"} | options))
    return file.getvalue()


WRONG = {
    "truncated": (lambda: ("POST", "/predict", {"content": as_file(sound(1))[:20000]}), 422, "of the 1.00 s"),
    "too long": (lambda: ("POST", "/predict", {"content": as_file(sound(20.1))}), 422, "longer than the limit of 20 s"),
    "too long to be true": (
        lambda: ("POST", "/predict", {"content": as_file(np.zeros(3600 * RATE), format="FLAC")}),
        422,
        "longer than the limit of 20 s",
    ),
    "too large": (lambda: ("POST", "/predict", {"content": bytes(1_000_001)}), 413, "larger than the limit of 1 MB"),
    "far too large": (lambda: ("POST", "/features", {"content": bytes(10_000_000)}), 413, "the limit of 1 MB"),
    "too large a form": (
        lambda: ("POST", "/predict", {"files": {"file": ("a.wav", bytes(1_000_000))}}),
        413,
        "larger than the limit of 1 MB",
    ),
    "no body": (lambda: ("POST", "/predict", {}), 400, "no body"),
    "no file": (lambda: ("POST", "/predict", {"files": {"enrol": ("a.wav", b"x")}}), 400, "the form has no recording"),
    "no boundary": (
        lambda: ("POST", "/predict", {"content": b"x", "headers": {"content-type": "multipart/form-data"}}),
        400,
        "form cannot be read",
    ),
    "half a form": (
        lambda: (
            "POST",
            "/predict",
            {"content": b"--x\r\nConte", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        ),
        400,
        "no recording",
    ),
    "too many files": (
        lambda: ("POST", "/predict", {"files": [("file", ("a.wav", b"x"))] * 33}),
        400,
        "up to 32 files",
    ),
    "wrong field": (lambda: ("POST", "/predict", {"files": {"audio": ("a.wav", b"x")}}), 422, "'audio' is not"),
    "text for a file": (
        lambda: ("POST", "/predict", {"files": {"file": (None, b"x")}}),
        422,
        "field 'file' is not accepted: send recordings as files",
    ),
    "enrolment for nothing": (
        lambda: ("POST", "/predict", {"files": [(name, ("a.wav", as_file(sound(1)))) for name in ("file", "enrol")]}),
        422,
        "enrolment would change nothing",
    ),
    "unknown query": (lambda: ("POST", "/predict?segments=vad", {"content": b"x"}), 422, "accepts segment only"),
    "a query twice": (lambda: ("POST", "/predict?segment=3&segment=4", {"content": b"x"}), 422, "accepts it only once"),
    "odd segment": (
        lambda: ("POST", "/predict?segment=pauses", {"content": as_file(sound(1))}),
        422,
        "use a number of seconds, or vad",
    ),
    "unknown set": (
        lambda: ("POST", "/features?set=ful_v1", {"content": as_file(sound(1))}),
        422,
        "did you mean full_v1?",
    ),
    "query of none": (lambda: ("GET", "/model?x=1", {}), 422, "accepts none"),
    "no such address": (lambda: ("GET", "/docs", {}), 404, "there is no path /docs"),
    "another method": (lambda: ("DELETE", "/model", {}), 405, "does not accept the method DELETE"),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named(service, case):
    make, status, words = WRONG[case]
    method, path, how = make()
    assert words in problem(service.client.request(method, path, **how), status)["detail"]


def test_requests_made_from_the_document_get_what_it_promises(service, tmp_path):
    """Random requests, among them malformed ones and ones with unknown methods."""
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    how = ("--max-examples", "10", "--seed", "0", "--checks", f"{checks},unsupported_method")
    command = [Path(sys.executable).with_name("schemathesis"), "run", *how, f"{service.url}/openapi.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Tested: 4" in done.stdout


# ---- processes


def test_a_worker_that_dies_costs_nothing(service, clips):
    """A worker is killed during a request, and while it waits for one."""
    (worker,) = service.workers()
    with held(worker):
        asking = Asking(service, content=content(clips, "one.wav"))
        until(lambda: service.client.get("/health").json()["requests"] == 1)
        os.kill(worker, signal.SIGKILL)
        answer = asking.wait()
    assert answer.status_code == 200
    p_anger = expected(clips, ["one.wav"])["predictions"][0]["p_anger"]
    assert answer.json()["predictions"][0]["p_anger"] == p_anger
    (worker,) = service.workers()
    os.kill(worker, signal.SIGKILL)
    assert gone([worker])
    assert service.client.post("/predict", content=content(clips, "one.wav")).status_code == 200


@pytest.mark.slow
def test_what_hangs_is_ended_and_a_stop_finishes_what_runs(tmp_path, clips):
    with serving("--workers", 1, "--requests", 3, "--timeout", 10, temporary=tmp_path) as service:
        service.client.get("/health")  # the server runs, with all that it opens, and has one connection
        opened = open_files(service) - 1
        hang(service, content(clips, "one.wav"))
        until(lambda: service.client.post("/predict", content=content(clips, "one.wav")).status_code == 200)
        service.client.close()
        until(lambda: open_files(service) == opened)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        stop(service, content(clips, "one.wav"))
    assert list(tmp_path.iterdir()) == []


def open_files(service):
    """How many files and sockets the server has open."""
    return len(os.listdir(f"/proc/{service.process.pid}/fd"))


def hang(service, clip):
    """A worker that hangs, and a client that does not send its whole request; other clients are asked to try again."""
    host, _, port = service.url.removeprefix("http://").partition(":")
    (worker,) = service.workers()
    with held(worker), socket.create_connection((host, int(port))) as slow:
        slow.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nRIFF")
        asking = [Asking(service, content=clip) for _ in range(2)]
        until(lambda: service.client.get("/health").json()["requests"] == 3)
        answer = service.client.post("/predict", content=clip)
        assert "try again soon" in problem(answer, 429)["detail"]
        assert int(answer.headers["retry-after"]) >= 1
        answers = sorted((one.wait() for one in asking), key=lambda answer: answer.status_code)
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")
    assert "did not finish within 10 s" in problem(answers[-1], 504)["detail"]
    assert answers[0].status_code in (200, 503)  # the other one waited as long, for a process
    assert gone([worker])


def stop(service, clip):
    """All processes get a signal during a request, as systemd sends it."""
    below = family(service.process.pid)
    (worker,) = service.workers()
    with held(worker):
        asking = Asking(service, content=clip)
        until(lambda: httpx.get(f"{service.url}/health").json()["requests"] == 1)
        for pid in (service.process.pid, *below):
            os.kill(pid, signal.SIGTERM)
    assert asking.wait().status_code == 200
    assert service.process.wait(PATIENCE_S) == 0
    assert gone(below)


# ---- the command


def test_a_port_in_use_is_reported(cli):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert_refused(cli("serve", "--port", port), f"127.0.0.1:{port} (Address already in use)")
    assert_refused(cli("serve", "--timeout", "0"), "--timeout")
    assert_refused(cli("serve", "--model", "none.skops"), "none.skops: no such model")


def test_only_a_fault_of_the_address_is_reported_as_one():
    def fail(_):
        raise FileNotFoundError("a fault of the caller")

    with pytest.raises(FileNotFoundError, match="a fault of the caller"):
        serve(DEFAULT, port=0, limits=Limits(workers=1), ready=fail)
