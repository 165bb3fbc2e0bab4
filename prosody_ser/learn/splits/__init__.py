"""Folds that keep speakers apart."""
