"""How the kernels are compiled: what every one of them asks of numba."""

#: For sums in any order, so that they run in vectors; NaN stays NaN.
ANY_ORDER = {"reassoc", "contract", "nsz"}
