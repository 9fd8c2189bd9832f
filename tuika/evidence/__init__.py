"""Evidence: what buyers upload, checked, stripped and stored by content."""
