"""The 41 intents, in urgency order: when a reply holds several, the earlier one is answered first.

A name here is a promise to whoever edits scripts: it is what `replies:` may list. Understanding finds them, scripts route them,
the machine knows only the facts that some of them tell.
"""

INTENTS: tuple[str, ...] = (
    "crisis",  # speaks of dying, self-harm, despair after loss
    "transferring_now",  # money is being moved at this moment (bank counter, ATM, password, QR)
    "app_or_screen_share",  # meeting/remote app open, screen shared, phone moving by itself
    "transferred",  # money already sent
    "gave_code_or_info",  # gave code, card, password, ID photo, face scan
    "amount",  # states a sum
    "recover_money",  # asks to freeze / get money back
    "secrecy_coached",  # told to keep secret, not to trust police, gives rehearsed reason
    "trust_scammer",  # defends the scammer / platform / lover
    "mention_scam",  # names a fraud story
    "want_human",  # asks for a live officer
    "are_you_robot",  # asks if machine
    "minor",  # is under 18
    "language_barrier",  # cannot follow Mandarin
    "machine_answer",  # assistant, voicemail, carrier announcement
    "suspect_scam",  # says caller is a fraudster
    "prove_identity",  # asks for proof
    "how_know_me",  # asks where data came from
    "who_are_you",  # asks who is calling
    "ask_reason",  # asks why
    "third_party",  # not the owner but near him
    "hand_over_family",  # hands phone to relative
    "wrong_number",  # not the person
    "opt_out_complaint",  # do not call again / complaint
    "angry_abuse",  # abuse
    "hangup_refuse",  # will not listen
    "busy_later",  # cannot talk now
    "visit_ok",  # accepts visit
    "visit_refuse",  # refuses visit
    "ask_what_to_do",  # asks next step
    "will_stop",  # promises to stop
    "aware_not_fooled",  # saw through it, no loss
    "not_transferred",  # no money moved yet
    "deny",  # no such contact
    "affirm",  # yes
    "unsure",  # does not remember
    "repeat_please",  # asks to repeat
    "cannot_hear",  # audio trouble
    "hello_only",  # only greets
    "thanks_bye",  # closes the call
    "off_topic",  # unrelated
)

# A miss of one of these costs a person's savings, or more: they are heard at any moment and interrupt what we are saying.
URGENT: frozenset[str] = frozenset(
    {
        "crisis",
        "transferring_now",
        "app_or_screen_share",
        "transferred",
        "gave_code_or_info",
        "secrecy_coached",
    }
)
