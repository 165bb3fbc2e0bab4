"""The two engines that compute contours: the same features by name, values that agree. Plain data."""

#: The package's own kernels, which are held against Praat and librosa.
FAST = "fast"
#: Praat's own commands, through parselmouth, and librosa's own functions.
REFERENCE = "reference"
ENGINES = (FAST, REFERENCE)
