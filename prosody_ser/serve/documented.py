"""What the OpenAPI document says of each address, with examples."""

from http import HTTPStatus
from typing import Any

from ..catalogue import FEATURE_SETS
from .limits import MOST_FILES
from .problems import MEDIA_TYPE
from .uploads import ENROLMENT, FILES

SERVICE = (
    "Which emotion is heard in recordings of speech, how sure that is, and why. It hears how something is said, not "
    "what a person feels; /model says what the model knows and what it must not be used for."
)
SEGMENT = "Cut long recordings: vad (at pauses) or a number of seconds. Several rows each."
SET = f"A feature set in place of the model's own features: {', '.join(FEATURE_SETS)}."

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong, and what to do"},
        "errors": {
            "type": "array",
            "description": "of each recording, or stretch of it, why it could not be measured",
            "items": {
                "type": "object",
                "required": ["file", "status", "error"],
                "properties": {name: {"type": "string"} for name in ("file", "status", "error")},
            },
        },
    },
}
_WHY = {
    400: "No recording in the request, or a form that cannot be read.",
    408: "The request did not come in in time.",
    413: "The request is too large.",
    415: "None of the files holds sound that can be read, whatever their names and types say.",
    422: "No recording can be measured (empty, silent, too short, cut off, too long), or a query or field is unknown.",
    429: "Too many requests at once; Retry-After says when to try again.",
    503: "The service is being stopped, or no process can be had; Retry-After says when to try again.",
    504: "The work was not done in time.",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": _WHY[status], "content": {MEDIA_TYPE: _as_example(status)}} for status in statuses}


def _as_example(status: int) -> dict[str, Any]:
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": _WHY[status]}
    return {"schema": _PROBLEM, "example": example}


def _answer(description: str, schema: dict[str, Any], example: Any) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {200: {"description": description, "content": content}}


_BINARY = {"type": "string", "format": "binary"}
_MANY = {"type": "array", "items": _BINARY}
_BODY = {
    "requestBody": {
        "required": True,
        "description": f"A recording as the body, or up to {MOST_FILES} as files of a form.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": [FILES],
                    "properties": {
                        FILES: {**_MANY, "minItems": 1, "description": "recordings"},
                        ENROLMENT: {
                            **_MANY,
                            "description": "clips of the one who speaks in all recordings, for a model that "
                            "normalises speakers",
                        },
                    },
                }
            },
            "application/octet-stream": {"schema": _BINARY},
            "audio/*": {"schema": _BINARY},
        },
    }
}
_NUMBER_OR_NULL = {"type": ["number", "null"]}
_ROW = {
    "type": "object",
    "description": "a recording, or a stretch of it; where it could not be measured, status and error say why",
    "required": ["file", "start", "end", "status", "error", "label", "confidence", "abstain", "novelty", "reasons"],
    "properties": {
        "file": {"type": "string", "description": "the name with which it was sent"},
        "start": {**_NUMBER_OR_NULL, "description": "in s"},
        "end": {**_NUMBER_OR_NULL, "description": "in s"},
        "status": {"type": "string", "description": "ok, or what is wrong"},
        "error": {"type": "string"},
        "label": {"type": "string", "description": "the likeliest emotion, also where the model abstains"},
        "confidence": {**_NUMBER_OR_NULL, "description": "its calibrated probability"},
        "abstain": {"type": ["boolean", "null"], "description": "whether the label should not be relied on"},
        "novelty": {**_NUMBER_OR_NULL, "description": "share of the training speech that lies nearer to what is known"},
        "reasons": {"type": "string", "description": "families of features that decided"},
    },
    "additionalProperties": {"description": "p_<label>: the probability of each emotion"},
}
_PREDICTIONS = {
    "type": "object",
    "required": ["schema", "schema_version", "model", "notes", "predictions"],
    "properties": {
        "schema": {"const": "prosody-ser/predictions"},
        "schema_version": {"type": "integer"},
        "model": {"type": "object"},
        "notice": {"type": ["string", "null"]},
        "notes": {"type": "array", "items": {"type": "string"}},
        "predictions": {"type": "array", "items": _ROW},
    },
}
_VALUES = {
    "type": "object",
    "required": ["schema", "schema_version", "feature_set", "engine", "units", "recordings"],
    "properties": {
        "schema": {"const": "prosody-ser/features"},
        "schema_version": {"type": "integer"},
        "feature_set": {"type": "string"},
        "engine": {"type": "string"},
        "units": {"type": "object", "additionalProperties": {"type": "string"}},
        "recordings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["file", "status", "error", "values"],
                "properties": {
                    "file": {"type": "string"},
                    "status": {"type": "string"},
                    "error": {"type": "string"},
                    "values": {
                        "type": ["object", "null"],
                        "description": "by feature; null where it is undefined for the recording",
                        "additionalProperties": _NUMBER_OR_NULL,
                    },
                },
            },
        },
    },
}
_PREDICTED = {
    "schema": "prosody-ser/predictions",
    "schema_version": 1,
    "model": {"name": "lda", "labels": ["anger", "happiness"], "threshold": 0.7},
    "notes": [],
    "predictions": [
        {"file": "my.wav", "start": 0.0, "end": 1.9, "status": "ok", "error": "", "label": "happiness"}
        | {"confidence": 0.88, "abstain": False, "novelty": 0.25, "reasons": "spectrum +1.3, pitch +1.1"}
        | {"p_anger": 0.12, "p_happiness": 0.88}
    ],
}
_MEASURED = {
    "schema": "prosody-ser/features",
    "schema_version": 1,
    "feature_set": "prosody_v1",
    "engine": "fast",
    "units": {"f0_p50_st": "st"},
    "recordings": [{"file": "my.wav", "status": "ok", "error": "", "values": {"f0_p50_st": 36.0}}],
}
_OF_WORK = _problems(400, 408, 413, 415, 422, 429, 503, 504)

PREDICT: dict[str, Any] = {
    "summary": "What the model says of recordings",
    "description": "A row each, or, with segment, a row for each stretch. Of several recordings, one that cannot be "
    "measured is a row that says why; if none can, the answer is an error.",
    "openapi_extra": _BODY,
    "responses": _answer(
        "The predictions, as 'prosody-ser predict --out x.json' writes them.", _PREDICTIONS, _PREDICTED
    )
    | _OF_WORK,
}
FEATURES: dict[str, Any] = {
    "summary": "The measured features of recordings",
    "description": "Those that the model takes, or all of a set; 'prosody-ser features' says what each one is.",
    "openapi_extra": _BODY,
    "responses": _answer("Values by recording, units by feature.", _VALUES, _MEASURED) | _OF_WORK,
}
MODEL: dict[str, Any] = {
    "summary": "The model's card",
    "description": "What it was trained on, how good it is on whom, what it must not be used for.",
    "responses": _answer("The card.", {"type": "object"}, {"labels": ["anger", "happiness"], "not_for": ["..."]})
    | _problems(422),
}
HEALTH: dict[str, Any] = {
    "summary": "Whether the service is ready",
    "responses": _answer(
        "It is: processes are ready, the model is loaded in them, and nothing is left to be compiled.",
        {"type": "object", "required": ["status", "version", "workers", "requests"]},
        {"status": "ok", "version": "0.1.0", "workers": 2, "requests": 0},
    )
    | _problems(422, 503),
}
