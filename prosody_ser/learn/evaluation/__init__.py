"""Scores on held-out speakers, together with their protocol."""
