"""What admins write, as calls use it: published versions of call scripts and of what intents know."""
