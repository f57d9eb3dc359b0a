"""How fast it is, beside a floor and a limit that run in the same minute."""
