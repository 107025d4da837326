"""Published gradings, instruments, calendars and units as code; one module a standard."""
