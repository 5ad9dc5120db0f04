"""What people look at: the live view, the page of a call."""
