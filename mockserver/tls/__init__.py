"""The local authority: certificates for the vendors' hosts, made on demand.

Only this package imports `cryptography`, and only a server with `--https` imports this package.
"""
