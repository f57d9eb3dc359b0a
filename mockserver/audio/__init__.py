"""Recordings of calls as sound: pure functions of the events of a call."""
