"""The pure core of a room: input in, effects out. No I/O, no clock, no task."""
