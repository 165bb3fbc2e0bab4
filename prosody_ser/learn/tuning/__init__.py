"""The search for parameters, on inner folds that no outer test speaker reaches."""
