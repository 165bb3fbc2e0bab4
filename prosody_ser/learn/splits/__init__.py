"""Speaker-disjoint folds."""
