"""Conversations: branching sessions kept in a database, and what answers them."""
