"""A network's weights as safetensors, and back into a network that was built from checked plain data."""

from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

#: No network of this package comes near.
MOST_WEIGHTS = 20_000_000
#: Beyond, products overflow.
_LARGEST = 1e12


def weights_of(module: nn.Module) -> bytes:
    """The weights of a network, and what its normalisation has learned, in the safetensors format."""
    return save({name: values.contiguous() for name, values in module.state_dict().items()})


def with_weights(build: Any, content: bytes) -> nn.Module:
    """The network that `build` makes, with weights from the content of a file that need not be trusted.

    It is first built without memory for its weights; only if the file has just these, by name, shape and kind, all
    finite, is it built for good.

    Raises
    ------
    ValueError
        In words that follow "its weights".
    """
    with torch.device("meta"):
        wanted = {name: (tuple(v.shape), v.dtype) for name, v in build().state_dict().items()}
    size = sum(int(np.prod(shape)) for shape, _ in wanted.values())
    if size > MOST_WEIGHTS:
        raise ValueError(f"would be {size} numbers, more than {MOST_WEIGHTS}")
    try:
        found = load(content)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise ValueError(f"are not in the safetensors format ({str(error)[:80]!r})") from error
    if set(found) != set(wanted):
        other = min(set(found) ^ set(wanted))
        raise ValueError(f"are of another network: {other[:60]!r} is in one of the two only")
    for name, values in found.items():
        if (tuple(values.shape), values.dtype) != wanted[name]:
            raise ValueError(f"are of another network: {name} has the shape {tuple(values.shape)}")
        if values.is_floating_point() and not (torch.isfinite(values).all() and values.abs().max() <= _LARGEST):
            raise ValueError(f"are not all finite: {name}")
        if name.endswith("running_var") and (values < 0).any():
            raise ValueError(f"have a negative variance: {name}")
    module = build()
    module.load_state_dict(found)
    return module.eval()
