"""What hostile or broken clients send, by name, for every route that reads it."""
