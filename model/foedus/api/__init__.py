"""The Python interface: what `import foedus` offers, one module for each kind of question.

Commands use it as well, so that Python and the command line give the same answers and write the
same folders. Everything slow is loaded where it is needed.
"""
