"""The local authority: certificates for the vendors' hosts, made on demand.

Beside `store/encryption.py`, only this package imports `cryptography`, and only a server with
`--https` imports it.
"""
