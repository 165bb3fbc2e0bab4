"""The notebook view of a trained model: the essentials of its card."""

from collections.abc import Mapping
from typing import Any

from ..corpus_names import corpora_in_words
from ..errors import counted
from ..notebook_view import grid, ranged, shaded, view


def card_view(card: Mapping[str, Any]) -> str:
    """HTML summary of a card: training data, features, score, when the model abstains, and what it is not for."""
    model, training, score, abstain = (card[part] for part in ("model", "training", "score", "abstain"))
    features = card["features"]
    corpora = corpora_in_words(corpus["name"] for corpus in training["corpora"])
    clips = f"{counted(training['n_clips'], 'clip')} of {counted(training['n_speakers'], 'speaker')}"
    facts = {
        "model": f"{model['title']} ({model['name']})",
        "track": f"{model['track']}. {model['track_note']}",
        "trained on": f"{clips}, {corpora}",
        "languages": ", ".join(training["languages"]),
        "features": " of ".join(filter(None, [str(features["n_features"]), features["feature_set"]])),
        "UAR": f"{ranged(score['uar'], (score['intervals'] or {}).get('uar'))} on speakers not heard in training; "
        f"chance {score['chance']:.3f}",
        "abstains": f"below a confidence of {abstain['threshold']:.2f}" if abstain["threshold"] else "never",
        "not for": " ".join(card["not_for"]),
    }
    rows = [
        [label, training["clips"][label], shaded(f"{score['recall'][label]:.2f}", score["recall"][label])]
        for label in card["labels"]
    ]
    return view("Trained model", facts, grid(["emotion", "clips", "recall"], rows), notice=training["notice"])
