"""Many buyers over all channels at once, with repeats and reordering; each is answered once and in order."""
