"""Reports of minors in PostgreSQL, until a worker has looked at them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("minors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Somebody said that the account behind an index is a minor's."""

    report_id: UUID
    app: AppName
    blind_index: bytes


async def add(connection: Connection, report: Report, *, at: datetime) -> None:
    """Keep a report."""
    await _sql["add_report"].run(
        connection,
        report_id=report.report_id,
        app=report.app,
        blind_index=report.blind_index,
        reported_at=at,
    )


async def find(connection: Connection, *, after: UUID, batch: int) -> list[Report]:
    """Return reports, in order of id."""
    rows = await _sql["find_reports"].all(connection, after=after, batch=batch)
    return [
        Report(
            report_id=row["report_id"],
            app=AppName(row["app"]),
            blind_index=row["blind_index"],
        )
        for row in rows
    ]


async def take(connection: Connection, report: Report) -> bool:
    """Take a report, once; False when somebody else did."""
    return await _sql["take_report"].run(connection, report_id=report.report_id) == 1
