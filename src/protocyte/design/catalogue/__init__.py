"""From the words of a protocol to the designs that run, family by family."""
