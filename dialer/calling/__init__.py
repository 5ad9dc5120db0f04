"""Ringing: which attempts start, one attempt from its first word in the casebook to its last, and the officer who is fetched."""
