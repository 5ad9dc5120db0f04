"""Whether a centre's words can be spoken: they stand in sentences of every script, and no check of scripts sees them."""

import re
from collections.abc import Iterator

from dialer.settings.sections import CentreSettings

LONGEST_NAME = 20  # hanzi; measured: with 25 the opening takes 12.9 s, and it has 12
_HANZI = re.compile(r"[\u4e00-\u9fff]+")
_NUMBER = re.compile(r"\d{3,}(-\d{3,})*")


def unspoken(centre: CentreSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each setting at fault, and what to write instead."""
    for key, text in (("name", centre.name), ("region", centre.region)):
        if not _HANZI.fullmatch(text):
            yield ("centre", key), "is spoken by the voice; write it in Chinese characters only"
    if len(centre.name) > LONGEST_NAME:
        yield (
            ("centre", "name"),
            f"has more than {LONGEST_NAME} characters, so who we are takes too long to say; shorten it",
        )
    if not _NUMBER.fullmatch(centre.call_back):
        yield ("centre", "call_back"), 'is a telephone number; write its digits, e.g. "96110" or "0891-96110"'
