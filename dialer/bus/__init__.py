"""How the world is told and how it tells us; the only room that knows MQTT."""
