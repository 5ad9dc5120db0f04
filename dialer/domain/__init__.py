"""Pure decisions about cases: no I/O, no clock, no randomness, no logging."""
