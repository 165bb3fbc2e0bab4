"""The weights of a network in the safetensors format, and loading them from files that need not be trusted."""

from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

#: Largest number of weights to load; all networks of this package are much smaller.
MOST_WEIGHTS = 20_000_000
#: Largest absolute weight to load; products of larger ones could overflow.
_LARGEST = 1e12


def weights_of(module: nn.Module) -> bytes:
    """Give the weights of a network, with the statistics of its normalisation, in the safetensors format."""
    return save({name: values.contiguous() for name, values in module.state_dict().items()})


def with_weights(build: Any, content: bytes) -> nn.Module:
    """Make the network that `build` gives, with weights from a file that need not be trusted.

    The network is first built without memory for its weights. It is built with memory only if the file has exactly its
    weights, by name, shape and type, and all are finite.

    Raises
    ------
    ValueError
        With a message that continues the words "its weights".
    """
    with torch.device("meta"):
        expected = {name: (tuple(v.shape), v.dtype) for name, v in build().state_dict().items()}
    size = sum(int(np.prod(shape)) for shape, _ in expected.values())
    if size > MOST_WEIGHTS:
        raise ValueError(f"would be {size} numbers, more than the limit of {MOST_WEIGHTS}")
    try:
        weights = load(content)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise ValueError(f"are not in the safetensors format ({str(error)[:80]!r})") from error
    if set(weights) != set(expected):
        other = min(set(weights) ^ set(expected))
        fault = "missing" if other in expected else "not expected"
        raise ValueError(f"belong to another network: {other[:60]!r} is {fault}")
    for name, values in weights.items():
        if (tuple(values.shape), values.dtype) != expected[name]:
            raise ValueError(f"belong to another network: {name} has the shape {tuple(values.shape)}")
        if values.is_floating_point() and not (torch.isfinite(values).all() and values.abs().max() <= _LARGEST):
            raise ValueError(f"are not all finite: {name}")
        if name.endswith("running_var") and (values < 0).any():
            raise ValueError(f"have a negative variance: {name}")
    module = build()
    module.load_state_dict(weights)
    return module.eval()
