"""What an ONNX graph is written with: nodes and constants, one after the other, all in double precision."""

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

#: Of the operators used here; what came later is not needed, and older runtimes read it.
OPSET, ML_OPSET = 15, 5
#: Type of values by numpy's.
_TYPES = {np.float64: TensorProto.DOUBLE, np.float32: TensorProto.FLOAT, np.int64: TensorProto.INT64}


class Graph:
    """A graph that grows by one node at a time; values are known by their names."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._n = 0

    def constant(self, values: Any, dtype: Any = np.float64) -> str:
        """A tensor of the file."""
        name = self._name("c")
        if isinstance(values, tuple) and values and isinstance(values[0], str):
            tensor = helper.make_tensor(name, TensorProto.STRING, (len(values),), [v.encode() for v in values])
        else:
            tensor = numpy_helper.from_array(np.ascontiguousarray(values, dtype=dtype), name)
        self.constants.append(tensor)
        return name

    def add(self, operator: str, *inputs: str, domain: str = "", name: str | None = None, **attributes: Any) -> str:
        """One node; gives the name of what it makes."""
        made = name or self._name("v")
        self.nodes.append(helper.make_node(operator, list(inputs), [made], domain=domain, **attributes))
        return made

    def numbered(self, operator: str, value: str, number: float, **attributes: Any) -> str:
        """One node that takes a value and a number."""
        return self.add(operator, value, self.constant(np.float64(number)), **attributes)

    def cast(self, value: str, dtype: Any) -> str:
        """A value as another type of number."""
        return self.add("Cast", value, to=_TYPES[dtype])

    def affine(self, value: str, matrix: np.ndarray, offset: np.ndarray) -> str:
        """``value @ matrix + offset``."""
        return self.add("Add", self.add("MatMul", value, self.constant(matrix)), self.constant(offset))

    def _name(self, kind: str) -> str:
        self._n += 1
        return f"{kind}{self._n}"
