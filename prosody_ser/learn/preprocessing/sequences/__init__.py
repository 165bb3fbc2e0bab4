"""The steps of a pipeline for sequences of frames: read, normalise, scale, average.

No step holds the frames of more than one clip: each only records a change, which is applied when a clip is read.
"""
