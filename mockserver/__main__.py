"""Run the command `mockserver` as `python -m mockserver`."""

from mockserver.cli import main

main()
