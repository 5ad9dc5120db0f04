"""`python -m voice.phones.officer`: a simulated officer, who hears the brief out, presses 1, and talks with the citizen."""

import argparse
import sys
from collections.abc import Sequence

from voice.phones.handset import BUSY_HERE, DECLINE, Habits, Handset, arguments, run
from voice.phones.manner import Helper
from voice.phones.wordings import OFFICER_ASKS, OFFICER_CLOSES, draw
from voice.tts.voices import OFFICER


def officer(seed: int, *, accepts: bool = True) -> Helper:
    """The same seed makes the same officer."""
    question, closing = draw([OFFICER_ASKS, OFFICER_CLOSES], seed)
    return Helper(question, closing, accepts=accepts)


def handset(argv: Sequence[str] | None = None) -> Handset:
    parser = arguments("A simulated officer.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--never-answers", action="store_true", help="the telephone rings until the caller gives up")
    what.add_argument("--declines", action="store_true", help="603 Decline")
    what.add_argument("--busy", action="store_true", help="486 Busy Here")
    what.add_argument("--never-accepts", action="store_true", help="answers, listens, presses nothing")
    options: argparse.Namespace = parser.parse_args(argv)
    refuses = BUSY_HERE if options.busy else DECLINE if options.declines else 0
    return Handset(
        person=lambda: officer(options.seed, accepts=not options.never_accepts),
        voice=options.voice or OFFICER,
        rate_wpm=200,  # he has no time
        port=options.port,
        record=options.record,
        calls=options.calls,
        habits=Habits(answers=not options.never_answers, refuses=refuses),
    )


if __name__ == "__main__":
    sys.exit(run(handset()))
