"""What goes over the wire: the cells that changed, and no more frames than the link carries."""
