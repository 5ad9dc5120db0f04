"""A script with one of everything, small enough to hold in the head while reading a test."""

from voice.report import Conclusion
from voice.script.model import BACK, REPEAT, Script, Sentence, Step, StepKind


def _step(name: str, kind: StepKind, **rest: object) -> Step:
    return Step(name, kind, (f"{name}.1",), **rest)  # type: ignore[arg-type]


_STEPS = (
    _step("opening", StepKind.TELL, then="asked", must_hear=True),
    _step(
        "asked",
        StepKind.ASK,
        replies={"affirm": "warn", "deny": "denied", "unsure": "promise"},
        no_input=(REPEAT, "silent"),
        no_match=(REPEAT, "unclear"),
    ),
    _step("warn", StepKind.TELL, then="promise", must_hear=True, concludes=Conclusion.WARNED),
    _step(
        "promise",
        StepKind.ASK,
        replies={"will_stop": "promised", "affirm": "promised"},
        no_input=(REPEAT, "silent"),
        no_match=(REPEAT, "unclear"),
        wait_ms=5000,
    ),
    _step("promised", StepKind.CLOSE, concludes=Conclusion.PROMISED),
    _step("denied", StepKind.CLOSE, concludes=Conclusion.DENIES),
    _step("wrong", StepKind.CLOSE, concludes=Conclusion.WRONG_PERSON),
    _step("silent", StepKind.CLOSE),
    _step("bye", StepKind.CLOSE),
    _step("voicemail", StepKind.CLOSE, concludes=Conclusion.MACHINE),
    _step("who", StepKind.TELL, then=BACK),
    _step("paid", StepKind.OFFICER, reason="transferred", hold=("hold.1", "hold.2"), no_officer="missed"),
    _step("stop_now", StepKind.OFFICER, reason="transferring_now", hold=("hold.1",), no_officer="missed"),
    _step("human", StepKind.OFFICER, reason="want_human", hold=("hold.1", "hold.2"), no_officer="later"),
    _step("unclear", StepKind.OFFICER, reason="unclear", hold=("hold.1",), no_officer="missed"),
    _step("missed", StepKind.CLOSE, concludes=Conclusion.OFFICER_MISSED),
    _step("later", StepKind.TELL, then=BACK),
)
_SENTENCES = {
    name: Sentence(name, f"«{name}»")
    for name in ("hold.1", "hold.2", *(sentence for step in _STEPS for sentence in step.say))
}

SCRIPT = Script(
    code="small",
    title="小剧本",
    hash="",
    opening="opening",
    steps={step.name: step for step in _STEPS},
    sentences=_SENTENCES,
    urgent={"transferred": "paid", "transferring_now": "stop_now"},
    globals={"who_are_you": "who", "want_human": "human", "wrong_number": "wrong", "thanks_bye": "bye"},
    goodbye="bye",
    machine="voicemail",
)
