"""Explanation of models and scores: importances, ablation, profiles, Shapley values, learning curves."""
