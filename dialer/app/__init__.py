"""The roof: the daemon and the one place that knows all its parts."""
