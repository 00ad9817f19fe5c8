"""What the graph says, as frozen dataclasses: things, attributions, comparisons, answers."""
