"""One process, one conversation: the composition root of a call, its pool and its wire."""
