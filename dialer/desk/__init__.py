"""What people do from outside the daemon, on the command line: they write rows and read views."""
