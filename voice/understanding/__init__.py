"""Utterance to intents and slots, pure."""
