"""The settings of every design that a protocol can name, family by family."""
