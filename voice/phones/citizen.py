"""`python -m voice.phones.citizen`: a simulated citizen on a real telephone, who answers what he hears."""

import argparse
import random
import sys
from collections.abc import Sequence

from voice.phones.handset import BUSY_HERE, Habits, Handset, arguments, run
from voice.phones.manner import Talker
from voice.phones.wordings import GREETING, TO_AN_OFFICER, TO_THE_ROBOT, Role, draw
from voice.tts.voices import CITIZENS


def citizen(role: Role, seed: int, hangs_up_at: int = 0) -> Talker:
    """The person of this role; the same seed makes the same person."""
    greeting = "" if role is Role.SILENT else draw([GREETING], seed)[0]
    replies, to_officer = draw(TO_THE_ROBOT[role], seed), draw(TO_AN_OFFICER.get(role, ()), seed)
    return Talker(greeting, replies, to_officer, hangs_up_at)


def handset(argv: Sequence[str] | None = None) -> Handset:
    parser = arguments("A simulated citizen.")
    parser.add_argument("--role", type=Role, choices=tuple(Role), required=True)
    parser.add_argument("--hangs-up-at", type=int, default=0, help="hang up in place of the so-manieth reply; 0: never")
    options: argparse.Namespace = parser.parse_args(argv)
    return Handset(
        person=lambda: citizen(options.role, options.seed, options.hangs_up_at),
        voice=options.voice or random.Random(f"{options.seed}/voice").choice(CITIZENS),
        rate_wpm=160,  # as the wordings were measured
        port=options.port,
        record=options.record,
        calls=options.calls,
        habits=Habits(refuses=BUSY_HERE if options.role is Role.BUSY else 0),
    )


if __name__ == "__main__":
    sys.exit(run(handset()))
