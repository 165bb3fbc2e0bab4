"""Comparison of models, tracks or corpora."""
