"""Makes the bundled speech model from our own word list and synthetic speech. `make model` runs it; the product never imports it."""
