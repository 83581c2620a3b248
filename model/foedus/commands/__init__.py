"""The commands: the words of each on the command line, and one call into the package.

A module offers ``add(commands)``, which `cli` calls for every one that it lists. What a command
does lives in the room of its subject, where Python finds it as well. Whatever loads slowly is
imported where it is used, so that help and mistakes answer at once.
"""
