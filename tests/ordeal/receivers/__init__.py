"""Small receivers of webhooks: right ones, and others with one planted defect each."""
