"""The dashboard: a screen over the library that the commands use. Only this package knows Textual."""
