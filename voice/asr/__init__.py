"""Ears: voice activity and recognition; the only room that knows Vosk."""
