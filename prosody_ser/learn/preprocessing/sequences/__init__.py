"""The steps of a pipeline that takes clips as sequences of frames: read, normalise, scale, average.

None of them holds the frames of more than one clip: each notes what is to be done, and it is done when a clip is read.
"""
