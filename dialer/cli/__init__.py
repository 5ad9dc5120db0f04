"""The command line, by subject. Rule: nothing heavy is imported before a command runs; what a command does is done elsewhere."""
