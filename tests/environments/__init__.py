"""Runs our distributions in environments of their own, alone and beside other packages."""
