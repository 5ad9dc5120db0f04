"""What is sent in place of a call: built in for versions that do not know the occasion, and as safe as what admins write."""

from dataclasses import replace
from pathlib import Path

import pytest

from dialer.domain.alert import FraudType
from dialer.domain.policy import Occasion
from dialer.domain.sms import unsafe
from dialer.errors import ScriptMissing
from dialer.ports.shelf import Version
from dialer.settings import CentreSettings
from dialer.versions.scripts import WITHOUT_SCRIPT, Scripts, version_of
from tests.fakes.clock import HandClock
from voice.script.gate import examine
from voice.script.model import SMS_OCCASIONS, Script

pytestmark = pytest.mark.unit

CENTRE = CentreSettings()
CANNOT_RING = Occasion.ROBOT_CANNOT_RING.value


class Shelf:
    """One published version for everything, or none."""

    def __init__(self, script: Script | None) -> None:
        self._version = version_of(script, "王", "第一版", HandClock().now()) if script else None

    async def current(self, code: str) -> Version | None:
        assert code
        return self._version


def scripts_on(script: Script | None) -> Scripts:
    return Scripts(Shelf(script), CENTRE)  # type: ignore[arg-type]  # of a shelf, only this is asked


@pytest.fixture(scope="module")
def shipped() -> Script:
    examined, _ = examine(Path(__file__).parents[3] / "scripts", ["generic"])
    [script] = [each.script for each in examined if each.script is not None]
    return script


def test_scripts_know_the_occasions_that_casework_knows() -> None:
    assert set(SMS_OCCASIONS) == {occasion.value for occasion in Occasion}


async def test_the_published_text_is_sent_and_claims_no_call(shipped: Script) -> None:
    text, script_hash = await scripts_on(shipped).sms_text(FraudType.GENERIC, CANNOT_RING)

    assert script_hash == shipped.hash
    assert unsafe(text, CENTRE.name, CENTRE.call_back) == ""
    assert "打过电话" not in text


async def test_without_a_text_of_its_own_the_built_in_one_is_sent(shipped: Script) -> None:
    old = replace(shipped, sms={name: text for name, text in shipped.sms.items() if name != CANNOT_RING})
    for script in (old, None):
        text, script_hash = await scripts_on(script).sms_text(FraudType.GENERIC, CANNOT_RING)

        assert script_hash == ""
        assert unsafe(text, CENTRE.name, CENTRE.call_back) == ""
        assert "{" not in text


async def test_no_other_occasion_is_sent_without_a_script() -> None:
    assert set(WITHOUT_SCRIPT) == {CANNOT_RING}
    with pytest.raises(ScriptMissing):
        await scripts_on(None).sms_text(FraudType.GENERIC, Occasion.WARNED.value)
