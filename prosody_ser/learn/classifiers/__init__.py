"""The models by name, what they say for each emotion, and its calibration."""
