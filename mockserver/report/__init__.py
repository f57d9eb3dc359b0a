"""What the receivers of a run did, as pure functions on its deliveries and its journal."""
