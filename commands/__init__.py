"""The click shells: each parses, calls one function of the library, and prints through Output."""
