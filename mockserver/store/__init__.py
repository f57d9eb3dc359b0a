"""Stores of sandboxes: values of what is stored, and a file that holds them."""
