"""Processes that outlive the terminal that started them."""
