"""Scores on speakers that the model has never heard, and what was assumed."""
