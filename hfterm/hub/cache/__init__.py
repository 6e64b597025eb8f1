"""The caches of the Hub's libraries: looked at fast, emptied safely, checked, and carried to other machines."""
