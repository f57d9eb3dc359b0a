"""Configuration: load providers, and parse and check schemas, scenarios and accounts."""
