"""The two engines that compute contours: the same features by name, values that agree. Plain data."""

#: Compiled code of this package; tests compare it with Praat and librosa.
FAST = "fast"
#: Commands of Praat, through parselmouth, and functions of librosa.
REFERENCE = "reference"
ENGINES = (FAST, REFERENCE)
