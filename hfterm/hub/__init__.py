"""The Hub: everything about repositories, online, offline, and over a bad link."""
