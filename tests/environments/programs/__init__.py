"""Programs with a vendor's own host in them, which know no mock server."""
