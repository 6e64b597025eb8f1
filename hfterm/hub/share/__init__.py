"""A Hub for machines without internet: a cache or a folder of repositories, over the Hub's own protocol."""
