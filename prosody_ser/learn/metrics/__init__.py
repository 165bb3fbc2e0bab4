"""Scores, their intervals, and the statistics of their differences."""
