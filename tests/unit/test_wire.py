"""The wire: every message comes out as it went in, however it is cut up on the way, and half a message is none."""

import asyncio
import types
import typing
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice.messages import Message, ToDaemon, ToWorker
from voice.workers.wire import LONGEST_LINE, encode, next_line, to_daemon_decoder, to_worker_decoder

pytestmark = pytest.mark.unit

ORDERS = typing.get_args(ToWorker)
FACTS = typing.get_args(ToDaemon)

whole_milliseconds = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
finite = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(codec="utf-8"), max_size=20)


def messages(*kinds: type[Message]) -> st.SearchStrategy[Message]:
    return st.one_of([_any(kind) for kind in kinds])


def _any(kind: typing.Any) -> st.SearchStrategy[typing.Any]:
    """Any value of this type of ours; hypothesis' own ideas for floats and times do not survive JSON."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in _LEAVES:
        return _LEAVES[kind]
    if origin in (typing.Union, types.UnionType):
        return st.one_of([_any(one) for one in arguments])
    if origin is tuple:
        return st.lists(_any(arguments[0]), max_size=3).map(tuple)
    if origin is not None:  # Mapping
        return st.dictionaries(_any(arguments[0]), _any(arguments[1]), max_size=3)
    if isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or hasattr(kind, "__dataclass_fields__")):
        names = kind.__struct_fields__ if issubclass(kind, msgspec.Struct) else tuple(kind.__dataclass_fields__)
        hints = typing.get_type_hints(kind)
        return st.deferred(lambda: st.builds(kind, **{name: _any(hints[name]) for name in names}))
    return st.sampled_from(list(kind))  # an enumeration


_LEAVES: dict[typing.Any, st.SearchStrategy[typing.Any]] = {
    str: words,
    int: st.integers(-(2**53), 2**53),
    float: finite,
    bool: st.booleans(),
    datetime: whole_milliseconds,
    type(None): st.none(),
}


@pytest.mark.parametrize("kind", ORDERS, ids=lambda kind: kind.__name__)
def test_every_order_comes_out_as_it_went_in(kind: type[Message]) -> None:
    _comes_out(kind, to_worker_decoder)


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_everything_a_worker_tells_comes_out_as_it_went_in(kind: type[Message]) -> None:
    _comes_out(kind, to_daemon_decoder)


def _comes_out(kind: type[Message], decoder: msgspec.json.Decoder[typing.Any]) -> None:
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(messages(kind))
    def check(message: Message) -> None:
        line = encode(message)
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert len(line) < LONGEST_LINE
        assert decoder.decode(line) == message

    check()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(messages(*ORDERS), max_size=4), st.lists(st.integers(1, 400), min_size=1, max_size=30), st.data())
def test_messages_survive_any_fragmentation(sent: list[Message], cuts: list[int], data: st.DataObject) -> None:
    stream = b"".join(encode(message) for message in sent)
    torn = data.draw(st.binary(max_size=20).filter(lambda tail: b"\n" not in tail), "what a dying process had begun")
    got = asyncio.run(_through(stream + torn, cuts))

    assert [to_worker_decoder.decode(line) for line in got] == sent


async def _through(stream: bytes, cuts: list[int]) -> list[bytes]:
    """All lines of a stream that arrives in pieces of these sizes, again and again."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)

    async def feed() -> None:
        at, piece = 0, 0
        while at < len(stream):
            reader.feed_data(stream[at : at + cuts[piece % len(cuts)]])
            at += cuts[piece % len(cuts)]
            piece += 1
            await asyncio.sleep(0)
        reader.feed_eof()

    feeding = asyncio.create_task(feed())
    lines = []
    while line := await next_line(reader):
        lines.append(line)
    await feeding
    return lines


@pytest.mark.parametrize("fault", [ConnectionResetError(), BrokenPipeError()], ids=repr)
async def test_a_reset_is_an_end(fault: OSError) -> None:
    reader = asyncio.StreamReader()
    reader.set_exception(fault)

    assert await next_line(reader) == b""


async def test_a_line_that_nobody_of_ours_wrote_is_an_end() -> None:
    reader = asyncio.StreamReader(limit=100)
    reader.feed_data(b"x" * 1000)

    assert await next_line(reader) == b""


def test_an_unknown_message_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        to_worker_decoder.decode(b'{"type":"Dance"}\n')
