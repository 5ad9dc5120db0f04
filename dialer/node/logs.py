"""How the daemon tells what it does: a static message and bound context, one line each, on standard error.

Rule 1: a key that begins with `pii_` shows ••• whatever it holds. Names, sums and spoken words may be bound under such keys only.
Rule 2: six digits in a row never come out, neither in a value, nor in a message, nor in an exception's text. Only our own ids
        (32 or 64 hexadecimal digits) are spared, because they say nothing about a person.
Rule 3: what libraries log through `logging` goes the same way, so it obeys the same rules.
Rule 4: no local variables in tracebacks; they would hold whole alerts.
"""

import logging
import sys
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from dialer.privacy import scrubbed


def configure(level: str = "info", *, json: bool = False, stream: TextIO | None = None) -> None:
    """Set up structlog and logging for this process. Called once, by the command line."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=out.isatty(), timestamp_key="at", sort_keys=False)
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    # These tell every packet and statement, at a level that is ours to ask for.
    for chatty in ("aiosqlite", "asyncio", "sqlalchemy.engine", "mqtt", "alembic", "watchfiles", "uvicorn"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    sys.excepthook = _last_words


def hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The processor that keeps people's data out of every line; the last one before the renderer."""
    return scrubbed(event)  # type: ignore[no-any-return]  # a mapping gives a mapping


def _last_words(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """An exception that nobody caught goes through the same sieve before the process ends."""
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("stopped by an unexpected fault", exc_info=(kind, fault, trace))
