"""Virtual patients and virtual trials: the one room that draws random numbers."""
