"""All topics, in no order of importance: urgency is the order of `voice.understanding.intents`."""

from voice.understanding.rules import Topic
from voice.understanding.tables.answers import ANSWERS
from voice.understanding.tables.caller import CALLER, VISIT
from voice.understanding.tables.classes import CLASSES, CLASSES_BY_SOUND
from voice.understanding.tables.danger import CODES, CRISIS, SCREEN, SECRECY
from voice.understanding.tables.money import MONEY, RECOVER
from voice.understanding.tables.person import MACHINE, MINOR, PERSON
from voice.understanding.tables.scam import BELIEF, STORIES
from voice.understanding.tables.talk import HELLO, TALK

TOPICS: tuple[Topic, ...] = (
    CRISIS,
    MONEY,
    SCREEN,
    CODES,
    SECRECY,
    RECOVER,
    BELIEF,
    STORIES,
    CALLER,
    VISIT,
    PERSON,
    MINOR,
    MACHINE,
    TALK,
    HELLO,
    ANSWERS,
)

__all__ = ["CLASSES", "CLASSES_BY_SOUND", "TOPICS"]
