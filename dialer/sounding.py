"""What the gate is told about the sound of scripts: the one place that gives it ears."""

from voice.script.gate import Sound
from voice.tts.recorded import listened

SOUND = Sound(listen=listened)
