"""The only room that knows HTTP: the door for alerts."""

from dialer.web.door import alert_door
from dialer.web.server import bound, serve

__all__ = ["alert_door", "bound", "serve"]
