"""One daemon among others: who it is, that it lives, what wakes it, how it tells what it does."""
