"""A model and what it predicts as text: its card, predictions and the reasons for them."""
