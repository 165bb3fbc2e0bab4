"""Why a model answers as it does: importances, ablation, profiles, Shapley values."""
