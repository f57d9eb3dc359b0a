"""The files wing: schemas, accounts and stories, from YAML to values."""
