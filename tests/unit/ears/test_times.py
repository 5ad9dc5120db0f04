"""Times as people name them, and the moments that they mean."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.understanding.times import find_when, is_only_a_time
from voice.understanding.when import is_form, resolve
from voice.understanding.wording import normalised

pytestmark = pytest.mark.unit

LHASA = ZoneInfo("Asia/Shanghai")
WEDNESDAY = datetime(2026, 11, 25, 15, 20, tzinfo=LHASA)


def named(reply: str) -> str:
    return find_when(normalised(reply))


@pytest.mark.parametrize(
    ("reply", "form"),
    [
        ("六点以后", "after:18:00"),
        ("你六点以后再打", "after:18:00"),
        ("晚上八点以后", "after:20:00"),
        ("八点以后", "after:08:00~20:00"),
        ("九点", "09:00~21:00"),
        ("十一点半以后", "after:11:30~23:30"),
        ("十二点以后", "after:12:00"),
        ("中午一点", "13:00"),
        ("中午十一点", "11:00"),
        ("下午三点半", "15:30"),
        ("后天下午三点半", "+2d 15:30"),
        ("三点一刻", "15:15"),
        ("三点二十", "15:20"),
        ("三点零五分", "15:05"),
        ("六点钟", "18:00"),
        ("二十点", "20:00"),
        ("15点", "15:00"),
        ("五六点的时候", "17:00"),
        ("晚上七八点", "19:00"),
        ("晚八点", "20:00"),
        ("早九点", "09:00"),
        ("晚上十二点", "00:00"),
        ("五点以前打", "before:17:00"),
        ("下班前", "before:work"),
        ("等我下班再说", "work"),
        ("我六点下班以后", "after:18:00"),
        ("明天", "+1d"),
        ("明天上午", "+1d morning"),
        ("明早九点", "+1d 09:00"),
        ("明晚", "+1d evening"),
        ("今晚八点半", "+0d 20:30"),
        ("今天下午", "+0d afternoon"),
        ("大后天", "+3d"),
        ("三天以后", "+3d"),
        ("过两天再打", "+2d"),
        ("过几天", "+2d"),
        ("周末", "weekday:6"),
        ("星期天上午", "weekday:7 morning"),
        ("礼拜二", "weekday:2"),
        ("下周三下午", "+1w weekday:3 afternoon"),
        ("下个礼拜五上午十点", "+1w weekday:5 10:00"),
        ("下个星期", "+1w weekday:1"),
        ("晚上吧", "evening"),
        ("晚黑打嘛", "evening"),
        ("下午再打", "afternoon"),
        ("中午休息再聊", "noon"),
        ("过一个小时", "+60m"),
        ("一个小时以后", "+60m"),
        ("半个小时以后", "+30m"),
        ("过半小时", "+30m"),
        ("一个半小时后", "+90m"),
        ("两个多小时以后", "+120m"),
        ("两三个小时以后", "+120m"),
        ("十来分钟以后再打", "+10m"),
        ("四十分钟以后", "+40m"),
        ("一刻钟以后", "+15m"),
        ("过一个钟头打", "+60m"),
        ("等我十分钟我停个车", "+10m"),
        ("我下课再打给你", "+60m"),
        ("会开完再打", "+60m"),
        ("吃完饭再说", "+60m"),
        # The later one counts, but of alternatives and of a span the first.
        ("明天上午不行下午吧", "+1d afternoon"),
        ("上午不行晚上打", "evening"),
        ("下午有课晚上打", "evening"),
        ("明天或者后天", "+1d"),
        ("三点到五点之间", "15:00"),
        # As recognisers write them.
        ("留点以后", "after:18:00"),
        ("厚天下午", "+2d afternoon"),
        ("liu dian yi hou zai da", "after:18:00"),
        ("明天 上午", "+1d morning"),
    ],
)
def test_a_time_that_is_to_come_has_a_form(reply: str, form: str) -> None:
    assert named(reply) == form
    assert is_form(form)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "一会儿再打",
        "改天吧",
        "以后再打",
        "以后不转了",
        "现在",
        "今天",
        "昨天",
        "前天晚上",
        "昨天晚上八点转的",
        "上午转的",
        "下午三点给他汇的款",
        "下午打来的",
        "我那天下午接的电话",
        "半小时前转的",
        "我等了半小时了",
        "共享了一个多小时",
        "我还没下班",
        "我下班了",
        "晚上好",
        "早上好我不方便",
        "大声一点",
        "快一点",
        "晚一点打来",
        "有两点",
        "三点五万",
        "转了九点九万",
        "我点了链接",
        "骑电动车呢",
        "我把电话给我妈",
        "然后",
        "最后我就没转",
    ],
)
def test_what_is_over_or_vague_is_no_time_to_come(reply: str) -> None:
    assert named(reply) == ""


@pytest.mark.parametrize(
    ("reply", "only"),
    [
        ("六点以后吧", True),
        ("那就明天上午", True),
        ("大概晚上八点左右", True),
        ("周末都行", True),
        ("明天我去转账", False),
        ("六点以后我老公回来", False),
        ("好的", False),
    ],
)
def test_a_reply_may_be_nothing_but_a_time(reply: str, only: bool) -> None:
    assert is_only_a_time(normalised(reply)) is only


@pytest.mark.parametrize(
    ("form", "moment"),
    [
        ("+60m", "11-25 16:20"),
        ("after:18:00", "11-25 18:00"),
        ("18:00", "11-25 18:00"),
        ("09:00~21:00", "11-25 21:00"),
        ("10:00~22:00", "11-25 22:00"),
        ("15:00", "11-26 15:00"),  # over for today
        ("+0d 15:00", None),  # and nothing else was meant
        ("+0d 20:30", "11-25 20:30"),
        ("before:17:00", "11-25 16:30"),
        ("before:15:30", "11-25 15:25"),  # half an hour before is over: the middle of what is left
        ("before:15:00", "11-26 14:30"),
        ("evening", "11-25 19:30"),
        ("afternoon", "11-25 16:40"),  # it is afternoon: the rest of it
        ("morning", "11-26 09:30"),
        ("after:noon", "11-26 14:00"),
        ("work", "11-25 18:30"),
        ("before:work", "11-25 17:30"),
        ("+1d", "11-26 09:30"),
        ("+1d morning", "11-26 09:30"),
        ("+2d 15:30", "11-27 15:30"),
        ("+0d morning", None),
        ("weekday:6", "11-28 09:30"),
        ("weekday:3", "11-25 18:10"),  # today is one
        ("weekday:3 morning", "12-02 09:30"),
        ("weekday:2", "12-01 09:30"),
        ("+1w weekday:3 afternoon", "12-02 15:00"),
        ("+1w weekday:1", "11-30 09:30"),
        ("+0m", None),
        ("", None),
        ("after:25:00", None),
        ("tomorrow", None),
        ("+1d after:", "11-26 21:00"),
        ("+1d  morning", None),
    ],
)
def test_a_form_means_a_moment(form: str, moment: str | None) -> None:
    resolved = resolve(form, WEDNESDAY)

    assert (resolved and f"{resolved:%m-%d %H:%M}") == moment


def test_the_day_and_the_clock_are_those_of_the_zone_that_comes_in() -> None:
    late = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)  # 01:30 of the 26th in Lhasa

    assert resolve("+1d 09:00", late.astimezone(LHASA)) == datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
    assert resolve("+1d 09:00", late) == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


_WORDS = (
    "今明后大天早上中下午晚周星期礼拜一二两三四五六七八九十半点刻分钟小时以后前过等再打班课吧的好不行或者到零幺钱转了"
)
_ZONES = [UTC, LHASA, timezone(timedelta(hours=-11)), ZoneInfo("Europe/Berlin")]


@given(
    st.text(alphabet=_WORDS, max_size=16),
    st.integers(0, 20 * 365 * 24 * 60).map(
        lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(_ZONES),
)
def test_whatever_is_said_means_a_moment_to_come_or_none(reply: str, now: datetime, zone: timezone | ZoneInfo) -> None:
    form = named(reply)
    here = now.astimezone(zone)
    resolved = resolve(form, here)

    assert is_form(form) or form == ""
    assert resolved is None or here < resolved <= here + timedelta(days=365)


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    form = named(text)

    assert form == "" or is_form(form)
    assert resolve(text, WEDNESDAY) is None or is_form(text)
