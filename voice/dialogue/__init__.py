"""The conversation as a pure machine: no I/O, no clock, no randomness, no logging."""
