"""What the casebook costs on PostgreSQL: the same as in `casebook`, in a private cluster that does sync to the disk."""

import time

from dialer.storage import open_storage
from tests.bench.casebook import DUE, alerts, alerts_together, claims, ratios, sizes, with_ratio
from tests.postgres import Postgres


async def measure(*, short: bool = False) -> dict[str, float]:
    with Postgres(quick=False) as server:
        alone = await alerts(server.database(), server.database())
        figures = with_ratio({**alone, **await alerts_together(server.database())})
        for name, count in sizes(short=short).items():
            begun, url = time.monotonic(), server.database()
            async with open_storage(url):
                pass
            fill(server, url, count)
            figures[f"making_{name}_cases_s"] = round(time.monotonic() - begun, 1)
            for key, value in (await claims(url)).items():
                figures[f"{key}_{name}"] = value
    return {**figures, **({} if short else ratios(figures))}


def fill(server: Postgres, url: str, count: int) -> None:
    """So many people with an open case each and an attempt that waits; the first of them are due now."""
    name, number = "lpad(i::text, 32, '0')", "'1' || lpad(i::text, 10, '0')"
    due = f"now() + CASE WHEN i < {DUE} THEN interval '-60 s' ELSE interval '1 day' END"
    numbered = f"FROM generate_series(0, {count - 1}) AS n(i)"
    rows = [
        f"contacts (id) SELECT {name}",
        f"numbers (number, contact_id) SELECT {number}, {name}",
        f"""cases (id, contact_id, number, grade, fraud_type, state, opened_at)
            SELECT {name}, {name}, {number}, '高', 'generic', 'open', now()""",
        f"""alerts (id, source, external_id, received_at, state, grade, fraud_type, number, body_sha256, case_id)
            SELECT {name}, 'bench', {name}, now(), 'accepted', '高', 'generic', {number}, {name}, {name}""",
        f"""attempts (id, case_id, contact_id, number, state, reason, urgency, created_at, due_at, deadline)
            SELECT {name}, {name}, {name}, {number}, 'due', 'alert', 1, now(), {due}, {due}""",
    ]
    for each in rows:
        server.execute(url, f"INSERT INTO {each} {numbered}")
    server.execute(url, "ANALYZE")
