"""Storage of networks: the architecture as plain data, the weights as safetensors."""

from typing import Any

import numpy as np

from .classifiers import classes
from .parts import BYTE, Codec, Part, Taken

_MOST_MEMBERS = 20


def _encode(model: Any) -> Part:
    from ...networks.weights import weights_of

    contents = [np.frombuffer(weights_of(module), dtype=np.uint8) for module in model.modules_]
    arrays = {f"weights_{i}": content for i, content in enumerate(contents)}
    return Part(type(model).__name__, {"n_members": len(contents)}, arrays)


def _decode(cls: Any, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    from ...networks.weights import with_weights

    n_members = taken.whole("n_members", 1, _MOST_MEMBERS)
    contents = [taken.array(f"weights_{i}", BYTE, (None,)).tobytes() for i in range(n_members)]
    taken.done()
    model = cls(n_members=n_members)
    model.modules_ = []
    for content in contents:
        try:
            model.modules_.append(with_weights(lambda: model.network(n_features, len(labels)), content))
        except ValueError as error:
            taken.refuse(f"its weights {error}")
    model.classes_, model.n_features_in_ = classes(labels), n_features
    model.n_weights_ = sum(p.numel() for module in model.modules_ for p in module.parameters())
    return model


CODECS = tuple(
    Codec(f"prosody_ser.networks.{path}", _encode, _decode)
    for path in (
        "feature_cnn:FeatureCNNClassifier",
        "spectrogram_cnn:SpectrogramCNNClassifier",
        "contour_lstm:ContourLSTMClassifier",
    )
)
