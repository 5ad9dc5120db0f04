"""The centre's figures in the terminal and for programs: each rate with numerator and denominator.

Rule: a case is counted, never named: no id, number or name is in here.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from dialer.console.casebook import at
from dialer.domain.alert import FraudType
from dialer.domain.breakdown import By
from dialer.domain.figures import Figures, Rate, Times

_RATES: Mapping[str, str] = {
    "answered": "接通率\nspoken / calls",
    "warned": "有效沟通率\nwarned / spoken",
    "willing": "口头听劝率\npromised / reached",
    "verified": "核实止损率\nverified / at risk",
    "met": "见面率\nmet / ordered",
    "met_in_time": "见面及时率\nin time / ordered",
}
_TIMES: Mapping[str, str] = {
    "to_first_dial": "首次拨打\nalert to dial",
    "to_first_human": "首次人工\nalert to human",
    "to_arrival": "到达\nalert to arrival",
}


def figures_table(total: Figures, rows: Mapping[str, Figures], by: By, since: datetime, zone: str) -> RenderableType:
    """Rates with numerator and denominator, then times; the rows, and one for all."""
    named = {_name(by, name): each for name, each in rows.items()} | {"all": total}
    rates = Table(title=f"{total.cases} cases since {at(since, zone)}", title_justify="left")
    times = Table(title="mean (median, longest) of so many", title_justify="left")
    for table, columns in ((rates, _RATES), (times, _TIMES)):
        table.add_column(by.value, no_wrap=True)
        for heading in columns.values():
            table.add_column(heading)
        for name, each in named.items():
            table.add_row(name, *(_figure(getattr(each, column)) for column in columns))
    return Group(rates, times)


def _figure(value: Rate | Times | None) -> str:
    match value:
        case Rate(of, hits):
            share = "–" if value.share is None else f"{value.share:.1%}"
            return f"{share}  {hits}/{of}"
        case Times(count, mean, median, longest):
            return f"{_span(mean)} ({_span(median)}, {_span(longest)}) of {count}"
        case None:
            return "–"


def _span(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def _name(by: By, row: str) -> str:
    match by:
        case By.TYPE:
            return f"{FraudType(row).chinese} {row}"
        case By.HOUR:
            return f"{row}:00–{row}:59"
        case By.GRADE | By.SOURCE:
            return row


def figures_json(total: Figures, rows: Mapping[str, Figures], by: By, since: datetime, zone: str) -> str:
    """The same for programs. A share without a denominator is null; times are in seconds."""
    told = {
        "since": since.isoformat(),
        "zone": zone,
        "by": by.value,
        "rows": {name: _plain(each) for name, each in rows.items()},
        "all": _plain(total),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _plain(row: Figures) -> Mapping[str, Any]:
    rates = {name: getattr(row, name) for name in _RATES}
    times = {name: getattr(row, name) for name in _TIMES}
    return {
        "cases": row.cases,
        "rates": {name: {"hits": each.hits, "of": each.of, "share": each.share} for name, each in rates.items()},
        "times": {name: _seconds(each) for name, each in times.items()},
    }


def _seconds(times: Times | None) -> Mapping[str, float] | None:
    if times is None:
        return None
    spans = {"mean": times.mean, "median": times.median, "longest": times.longest}
    return {"count": times.count, **{f"{name}_seconds": span.total_seconds() for name, span in spans.items()}}
