"""A writer of ONNX graphs, which adds nodes and constants one after the other, all in double precision."""

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

#: Opset versions that have all operators used here; older runtimes can read them.
OPSET, ML_OPSET = 15, 5
#: ONNX data type for each numpy type.
_TYPES = {np.float64: TensorProto.DOUBLE, np.float32: TensorProto.FLOAT, np.int64: TensorProto.INT64}


class Graph:
    """A graph that grows by one node at a time; values are referred to by their names."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._n = 0

    def constant(self, values: Any, dtype: Any = np.float64) -> str:
        """Add a constant tensor; return its name."""
        name = self._name("c")
        if isinstance(values, tuple) and values and isinstance(values[0], str):
            tensor = helper.make_tensor(name, TensorProto.STRING, (len(values),), [v.encode() for v in values])
        else:
            tensor = numpy_helper.from_array(np.ascontiguousarray(values, dtype=dtype), name)
        self.constants.append(tensor)
        return name

    def add(self, operator: str, *inputs: str, domain: str = "", name: str | None = None, **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        output = name or self._name("v")
        self.nodes.append(helper.make_node(operator, list(inputs), [output], domain=domain, **attributes))
        return output

    def numbered(self, operator: str, value: str, number: float, **attributes: Any) -> str:
        """Add a node whose inputs are a value and a constant number."""
        return self.add(operator, value, self.constant(np.float64(number)), **attributes)

    def cast(self, value: str, dtype: Any) -> str:
        """Convert a value to another numeric type."""
        return self.add("Cast", value, to=_TYPES[dtype])

    def affine(self, value: str, matrix: np.ndarray, offset: np.ndarray) -> str:
        """Compute ``value @ matrix + offset``."""
        return self.add("Add", self.add("MatMul", value, self.constant(matrix)), self.constant(offset))

    def _name(self, kind: str) -> str:
        self._n += 1
        return f"{kind}{self._n}"
