"""The commands: one module each, with its words on the command line and what it does.

A module offers ``add(commands)``, which `cli` calls for every one that it lists. Whatever loads
slowly is imported where it is used, so that help and mistakes answer at once.
"""
