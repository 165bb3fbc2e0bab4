"""Tables, results and models as text for a terminal."""
