"""Simulated citizens and officers: separate processes with real SIP, for demo, tests and load."""
