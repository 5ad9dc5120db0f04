"""Call scripts: what admins write, read and checked."""
