"""The time wing's upper floor: clocks, sockets and the event loop."""
