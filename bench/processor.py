"""Time of processors, which a neighbour on the machine lengthens less than the clock's time."""

import psutil
from sqlalchemy import Engine, text


def of_database(engine: Engine) -> float:
    """Seconds that all processes of this PostgreSQL have worked, those that ended included."""
    with engine.connect() as connection:
        query = text("SELECT pg_backend_pid()")
        backend = psutil.Process(connection.execute(query).scalar_one())
        postmaster = backend.parent()
        assert postmaster, "a backend has a postmaster"
        return of_family(postmaster)


def of_family(process: psutil.Process) -> float:
    """Seconds of a process, its living children, and those it has waited for."""
    times = process.cpu_times()
    ended = times.children_user + times.children_system
    living = sum(of_family(child) for child in process.children() if child.is_running())
    return float(times.user + times.system + ended + living)
