"""The settings as types: the two kinds of file, what they hold, and the Library variables they become."""
