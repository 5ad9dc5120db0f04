"""Mouth: the only room that knows pyttsx3."""
