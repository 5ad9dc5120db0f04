"""The telephone: the only room that knows pjsua2."""
