"""Through what the fraudster got to the person: codes for the officer's form, in the order in which they were told. Pure.

Rule: our own call is no channel ("你打电话干什么"), nor is a place where the person happens to be ("我在开会"). The wordings are knowledge.
"""

from voice.understanding.mentions import Mentions


def channels(plain: str, mentions: Mentions) -> str:
    """Codes, comma-joined; empty: none was told."""
    return ",".join(dict.fromkeys(each.value for each in mentions.read(plain)))
