"""What `quanzu status` reads, from outside the daemon."""

from rich.console import Console

from dialer.console.robot import robot_sheet
from dialer.settings import Settings
from dialer.storage import open_storage


async def show_status(settings: Settings, console: Console) -> bool:
    """How the robot does now; True: everybody is rung in time."""
    async with open_storage(settings.database_url) as storage:
        now = storage.clock.now()
        seen = await storage.lateness.condition()
        late = await storage.lateness.late_people()
        order = await storage.brake.order_in_force()
        waiting = await storage.lateness.waiting(now)
    console.print(robot_sheet(seen, order, late, waiting, now=now, zone=settings.centre.zone))
    return late == 0 and order.level.may_ring
