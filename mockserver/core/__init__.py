"""The ground floor: plain values and pure functions, standard library only."""
