"""The application itself: its OpenAPI document, and a service without worker processes."""

import asyncio
import json
import sys

import httpx
import pytest
from jsonschema import Draft202012Validator

from prosody_ser import default_model_path, load_model, make_pipeline, predict_files, train
from prosody_ser.errors import ProtocolError
from prosody_ser.serve.app import make_app
from prosody_ser.serve.limits import Limits
from prosody_ser.serve.problems import MEDIA_TYPE
from prosody_ser.serve.service import Service
from prosody_ser.serve.work import Task, answer
from tests.support.command_line import assert_refused


@pytest.fixture
def service():
    """A service whose processes have not been started."""
    return Service(load_model(default_model_path()), Limits(workers=1, time_s=0.01))


def asked(service, method, path, **how):
    async def ask():
        transport = httpx.ASGITransport(make_app(service), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request(method, path, **how)

    return asyncio.run(ask())


def test_the_examples_are_what_the_schemas_say(service):
    document = make_app(service).openapi()
    assert set(document["paths"]) == {"/predict", "/features", "/model", "/health"}
    n_examples = 0
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                for media_type, about in response["content"].items():
                    assert media_type == ("application/json" if status == "200" else MEDIA_TYPE)
                    Draft202012Validator.check_schema(about["schema"])
                    Draft202012Validator(about["schema"]).validate(about["example"])
                    n_examples += 1
    assert n_examples > 15


def test_without_processes_it_says_so(service):
    for method, path in (("GET", "/health"), ("POST", "/predict")):
        response = asked(service, method, path, content=b"x")
        assert (response.status_code, response.headers["content-type"]) == (503, MEDIA_TYPE)
        assert "process" in response.json()["detail"]
        assert int(response.headers["retry-after"]) >= 1


def test_while_it_stops_it_says_so(service):
    service.stopping = True
    for method, path in (("GET", "/health"), ("POST", "/predict"), ("POST", "/features")):
        response = asked(service, method, path, content=b"x")
        assert response.status_code == 503
        assert response.json()["detail"] == "the service is being stopped"


def test_a_fault_of_its_own_is_a_problem_without_a_word_of_the_inside(service, monkeypatch):
    monkeypatch.setattr(service, "limits", None)
    response = asked(service, "POST", "/predict", content=b"x")
    assert (response.status_code, response.headers["content-type"]) == (500, MEDIA_TYPE)
    assert "NoneType" not in response.text


def test_a_speakers_own_clips_set_their_zero(synthetic, synthetic_table):
    model = train(synthetic_table, make_pipeline("lda", speaker_norm="enrol"), folds=4)
    clip, *enrolment = sorted(synthetic.glob("*_f1_*.wav"))[:6]
    uploads = (("clip.wav", str(clip)),), tuple((path.name, str(path)) for path in enrolment)
    document = json.loads(answer(Task("predict", *uploads), model))
    assert f"speaker normalised by 5 clips of {', '.join(path.name for path in enrolment)}" in document["notes"][0]
    row, expected = document["predictions"][0], predict_files(model, clip, enrol=enrolment, jobs=0).iloc[0]
    assert row["label"] == expected["label"]
    assert [row[name] for name in row if name.startswith("p_")] == [expected[f"p_{label}"] for label in model.labels]
    alone = answer(Task("predict", uploads[0]), model)
    assert alone.status == 422
    assert "a few enrolment clips" in alone.detail


@pytest.mark.parametrize(
    "limits", [{"workers": 0}, {"requests": 0}, {"size_mb": 0}, {"duration_s": -1}, {"time_s": float("inf")}]
)
def test_impossible_limits(limits):
    with pytest.raises(ProtocolError, match=r"(workers|requests|size_mb|duration_s|time_s) "):
        Limits(**limits)


def test_without_the_extra_it_says_what_to_install(cli, monkeypatch):
    monkeypatch.delitem(sys.modules, "prosody_ser.serve.run", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert_refused(cli("serve"), "pip install 'prosody-ser[serve]'")
