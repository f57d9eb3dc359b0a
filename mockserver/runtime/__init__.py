"""Run sandboxes in real time: clocks, schedulers, inboxes and the event loop."""
