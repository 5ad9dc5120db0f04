"""One script as its files have it now, ready to be spoken: for admins who listen to it and talk with it before it is published.

Rule 1: mistakes do not keep anybody from listening, as long as the script can be compiled at all.
Rule 2: what differs from call to call has its example value; the centre's own words are the settings'.
"""

from pathlib import Path

from dialer.desk.scriptfiles import written
from dialer.errors import NoSuchScript
from dialer.settings import Settings
from voice.script.model import Script
from voice.script.speak import for_group, spoken
from voice.script.variables import EXAMPLES


def draft_of(settings: Settings, code: str, group: str = "") -> Script:
    """The script of this code as this group of people hears it. Raises NoSuchScript, ScriptFault."""
    script = written(Path(settings.scripts.dir), code)
    if group and group not in script.groups:
        known_groups = ", ".join(script.groups) or "none"
        raise NoSuchScript(f"script '{code}' knows no group '{group}'; it knows {known_groups}")
    centre = {"centre": settings.centre.name, "call_back": settings.centre.call_back}
    return for_group(spoken(script, {**EXAMPLES, **centre}), group)
